"""Every sentence is said in every language, and the pages really say it."""

from __future__ import annotations

import ast
import datetime as dt
import re
import shutil
import subprocess
import sys
from collections import Counter
from html import unescape
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.urls import Resolver404, resolve

from afluente.accounts import services as accounts
from afluente.accounts.models import Membership, User
from afluente.accounts.services import letters
from afluente.capture import selectors
from afluente.capture import services as capture
from afluente.config.example.filling import fill_workspace
from afluente.kernel.workspace import scope
from tests import cast, make

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"pt_BR": 2, "pl": 4}  # and how many plural forms each has
HOLES = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%[sd]|</?\w+[^>]*>")
ENGLISH = re.compile(
    r"\b(?:the|and|with|your|this|that|from|yet|here|of|is|are|it|its|not|what|which|when|they|"
    r"deals?|stages?|sources?|contacts?|settings|people|nobody|search|add|save|delete|days?|hours?)\b",
    re.IGNORECASE,
)
REGIONS = {"pt-br": ("BR", "BRL", "America/Sao_Paulo"), "pl": ("PL", "PLN", "Europe/Warsaw")}


def catalogue(language):
    path = ROOT / f"src/afluente/locale/{language}/LC_MESSAGES/django.po"
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def forms(words):
    return [words] if isinstance(words, str) else list(words)


def holes(text):
    return Counter(HOLES.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language):
    missing = [
        message.id for message in catalogue(language) if not all(map(str.strip, forms(message.string)))
    ]

    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language):
    assert [message.id for message in catalogue(language) if message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_form_is_written(language):
    counts = {len(message.string) for message in catalogue(language) if message.pluralizable}

    assert counts == {LANGUAGES[language]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_holes_and_tags_of_a_sentence_are_kept(language):
    wrong = []
    for message in catalogue(language):
        allowed = [holes(one) for one in forms(message.id)]
        wrong += [said for said in forms(message.string) if holes(said) not in allowed]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_ends_as_it_does_in_english(language):
    wrong = [
        message.string
        for message in catalogue(language)
        for english, said in zip(forms(message.id), forms(message.string), strict=False)
        if (english[-1] in ".?:…") != (said[-1] in ".?:…") or english.endswith("\n") != said.endswith("\n")
    ]

    assert wrong == []


@pytest.mark.skipif(
    not shutil.which("xgettext"), reason="gettext is not installed, so nothing can be extracted"
)
def test_the_catalogues_hold_the_sentences_of_the_code():
    command = [sys.executable, "scripts/messages.py", "--check"]

    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603

    assert (answer.returncode, answer.stdout) == (0, "")


def said_by_the_code(tree):
    """What is given to a function of gettext as it stands, wherever it stands."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "npgettext"}:
            words = call.args[1:2] if "pgettext" in name else call.args[:1]
            yield from (one.value for one in words if isinstance(one, ast.Constant))


def test_no_sentence_is_passed_over_because_of_where_it_stands():
    known = {forms(message.id)[0] for message in catalogue("pl")}
    files = (ROOT / "src/afluente").rglob("*.py")
    said = {one for file in files for one in said_by_the_code(ast.parse(file.read_text()))}

    assert "errors" in said
    assert said - known == set()


@pytest.fixture(params=REGIONS)
def owner(request, db):
    """The owner of a workspace full of examples, in one of the languages."""
    country, currency, zone = REGIONS[request.param]
    person = make.user(name="Iwona Paz", language=request.param)
    made = accounts.create_workspace(
        name="Maré",
        owner=person,
        language=request.param,
        country=country,
        currency=currency,
        timezone=zone,
    )
    with scope(made.pk):
        member = Membership.objects.select_related("user", "workspace").get(user=person)
        fill_workspace(member.pk)
    return member


def said(html):
    """What a page shows and reads aloud, without what people typed into code, keys and choices."""
    # Names of the API are English everywhere, and say so.
    html = re.sub(r'<(section|div|a)\b[^>]*translate="no".*?</\1>', " ", html, flags=re.DOTALL)
    html = re.sub(r"<(script|style|svg|code|pre|textarea)\b.*?</\1>", " ", html, flags=re.DOTALL)
    spoken = re.findall(
        r'\s(?:aria-label|title|placeholder|alt|data-(?:undo|failed|moved|arrived|many|now|lifted|returned|ages|since))="([^"]*)"',
        html,
    )
    texts = [unescape(text).strip() for text in [*re.split(r"<[^>]*>", html), *spoken]]
    # Time zones keep their international names; holes are filled by a script.
    return [re.sub(r"\{[^}]*\}", "", text) for text in texts if not re.match(r"[A-Z]\w+/|https?:", text)]


def pages(browser, *, per_view=2):
    """Every page that can be reached by links, a few of each kind."""
    waiting, seen, kinds = ["/"], set(), Counter()
    while waiting:
        address = waiting.pop(0)
        path = address.partition("?")[0]
        try:
            view = resolve(path).view_name
        except Resolver404:
            continue
        if (
            address in seen
            or kinds[view] >= per_view
            or view in {"ui:styleguide", "mfa_download_recovery_codes"}
        ):
            continue
        seen.add(address)
        kinds[view] += 1
        answer = browser.get(address)
        if answer.status_code == 302:
            waiting.append(answer.headers["Location"])
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        html = answer.content.decode()
        yield address, html
        waiting += [unescape(link) for link in re.findall(r'(?:href|hx-get)="(/[^"#]*)', html)]


def test_no_page_speaks_english_to_somebody_else(owner):
    visited = dict(pages(cast.browser(owner)))

    english = {
        (text, address) for address, html in visited.items() for text in said(html) if ENGLISH.search(text)
    }

    assert english == set()
    assert len(visited) > 30


def test_a_page_says_which_language_it_is_in(owner):
    answer = cast.browser(owner).get("/")

    assert f'<html lang="{owner.user.language}"' in answer.content.decode()
    assert answer.headers["Content-Language"] == owner.user.language


def test_money_follows_the_region_and_not_the_language(owner):
    shown = {"BR": "R$\xa0", "PL": "\xa0zł"}[owner.workspace.country]
    User.objects.filter(pk=owner.user_id).update(language="en")

    html = cast.browser(owner).get("/deals/").content.decode()

    assert '<html lang="en"' in html
    assert shown in html
    assert re.search(
        {"BR": r"R\$\xa0\d{1,3}\.\d{3}", "PL": r"\d{1,3}\xa0\d{3}\xa0zł"}[owner.workspace.country], html
    )


@pytest.mark.parametrize(
    ("wanted", "heading"), [("pt-BR,en;q=0.5", "Entrar"), ("pl", "Zaloguj się"), ("de,fr;q=0.5", "Sign in")]
)
def test_before_sign_in_the_browser_decides(people, client_as, wanted, heading):
    html = cast.browser().get("/accounts/login/", headers={"Accept-Language": wanted}).content.decode()

    assert f"<h1>{heading}</h1>" in html or heading in said(html)


def test_a_person_changes_the_language_in_the_menu(people, client_as):
    browser = client_as(people.ana)

    browser.post("/preferences/", {"name": "language", "value": "pl", "next": "/"})

    assert User.objects.get(pk=people.ana.user_id).language == "pl"
    assert '<html lang="pl"' in browser.get("/").content.decode()
    assert User.objects.get(pk=people.bruno.user_id).language == "en"


def test_moments_are_in_the_zone_of_the_person(people, client_as):
    make.contact(created_at=dt.datetime(2025, 6, 5, 23, 30, tzinfo=dt.UTC))
    User.objects.filter(pk=people.bruno.user_id).update(timezone="Asia/Tokyo")

    ana, bruno = (client_as(one).get("/contacts/").content.decode() for one in (people.ana, people.bruno))

    assert "5 Jun 2025, 20:30" in ana  # the workspace's, São Paulo
    assert "6 Jun 2025, 08:30" in bruno


def test_a_hosted_form_speaks_its_own_language(people):
    form = capture.create_form(name="Kurs", language="pl")
    address = selectors.form_address(form)

    answer = cast.browser().get(address[address.index("/f/") :], headers={"Accept-Language": "en"})

    assert '<html lang="pl"' in answer.content.decode()
    assert "Napisz do nas" in said(answer.content.decode())


def test_a_letter_speaks_the_language_of_its_reader(people, mailoutbox):
    User.objects.filter(pk=people.ana.user_id).update(language="pl")

    letters.send_new_password_letter(email=people.ana.user.email)

    assert mailoutbox[0].subject == "Wybierz nowe hasło do Afluente"
    assert "otwórz ten link" in mailoutbox[0].body


def test_what_is_not_there_is_said_in_the_reader_s_language(people, client_as):
    User.objects.filter(pk=people.ana.user_id).update(language="pt-br")

    answer = client_as(people.ana).get("/deals/999999/")

    assert answer.status_code == 404
    assert "Não há nada aqui." in answer.content.decode()
