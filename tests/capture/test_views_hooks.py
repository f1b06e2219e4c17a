"""The webhook editor: what was heard, where it goes, what it would become."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import pytest

from afluente.accounts.models import Role
from afluente.contacts.models import Contact
from afluente.deals.models import Deal
from afluente.intake import services as intake
from afluente.intake.models import RawEvent, Source
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.models import Membership
    from tests.cast import Browser, Cast

BODY = {
    "customer": {"nome": "Tiago Brandão", "e-mail": "tiago@serraazul.com.br", "a.b": "odd"},
    "items": [{"title": "Loja"}],
    "valor": "2.480,00",
    "note": "<script>alert(1)</script>",
}


@pytest.fixture
def browser(ana: Membership, client_as: Callable[[Membership], Browser]) -> Browser:
    return client_as(ana)


@pytest.fixture
def hook(people: Cast) -> Source:
    make.pipeline(name="Vendas")
    return intake.create_source(kind=Source.Kind.WEBHOOK, name="Partner")


def heard(
    hook: Source, body: Any, *, content_type: str = "application/json", **headers: str
) -> intake.Receipt:
    """Send `body` to the webhook as its sender would."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    arrival = intake.Arrival(
        workspace_id=hook.workspace_id,
        public_id=hook.public_id,
        secret=intake.hook_url(hook).rpartition("/")[2],
        body=raw,
        content_type=content_type,
        headers=headers,
    )
    return intake.accept_many([arrival])[0]


def chosen(browser: Browser, hook: Source, places: dict[str, str], **said: Any) -> dict[str, Any]:
    """What the editor sends when values are put in `places`."""
    lines = browser.get(f"/hooks/{hook.pk}/").context["lines"]
    data: dict[str, Any] = {"name": hook.name, "path": [line.path for line in lines], **said}
    for number, line in enumerate(lines):
        to = places.get(line.path, "")
        data[f"to-{number}"], _, data[f"name-{number}"] = to.partition(":")
    return data


def test_one_press_makes_a_webhook_whose_address_can_be_copied(browser: Browser, people: Cast) -> None:
    browser.post("/hooks/")

    made = Source.objects.get(kind="webhook")
    assert intake.hook_url(made) in browser.get(f"/hooks/{made.pk}/").content.decode()


def test_it_waits_until_something_is_heard(browser: Browser, hook: Source) -> None:
    assert "Nothing has been heard yet" in browser.get(f"/hooks/{hook.pk}/").content.decode()


def test_values_are_shown_with_a_suggestion_and_what_they_would_become(
    browser: Browser, hook: Source
) -> None:
    heard(hook, BODY)

    page = browser.get(f"/hooks/{hook.pk}/")
    html = page.content.decode()

    places = {line.path: line.to for line in page.context["lines"]}
    assert places["customer.nome"] == "contact.name"
    assert places["customer.e-mail"] == "contact.email"
    assert places["valor"] == "deal.amount"
    assert page.context["is_guess"]
    assert "Vendas \u203a New" in html
    assert "<script>alert" not in html
    assert not Contact.objects.exists()


def test_a_chosen_mapping_is_kept_and_followed(browser: Browser, hook: Source) -> None:
    heard(hook, BODY)
    places = {"customer.nome": "contact.name", "items[0].title": "deal.name", "note": "custom:Obs"}

    response = browser.post(f"/hooks/{hook.pk}/", chosen(browser, hook, places))
    intake.apply_waiting()

    assert response.status_code == 303
    assert Source.objects.get(pk=hook.pk).mapping == [
        {"path": "customer.nome", "to": "contact.name"},
        {"path": "items[0].title", "to": "deal.name"},
        {"path": "note", "to": "custom.Obs"},
    ]
    assert Deal.objects.get().name == "Loja"
    assert Contact.objects.get().name == "Tiago Brandão"


def test_trying_shows_and_keeps_nothing(browser: Browser, hook: Source) -> None:
    heard(hook, BODY)
    said = chosen(browser, hook, {"items[0].title": "contact.name"}, do="try")

    tried = browser.post(f"/hooks/{hook.pk}/", said)
    live = browser.post(f"/hooks/{hook.pk}/reading/", said)

    for page in (tried, live):
        assert page.status_code == 200
        assert page.context["reading"].lead.name == "Loja"
    assert Source.objects.get(pk=hook.pk).mapping == []
    assert not Contact.objects.exists()


def test_a_mapping_to_nobody_is_warned_about(browser: Browser, hook: Source) -> None:
    heard(hook, BODY)

    page = browser.post(f"/hooks/{hook.pk}/reading/", chosen(browser, hook, {"valor": "deal.amount"}))

    assert "no value goes to a name" in page.content.decode()


def test_a_mapped_value_that_was_not_sent_stays_mapped(browser: Browser, hook: Source) -> None:
    intake.set_mapping(source=hook, mapping=[{"path": "old.name", "to": "contact.name"}])
    heard(hook, {"other": "x"})

    browser.post(f"/hooks/{hook.pk}/", chosen(browser, hook, {"old.name": "contact.name"}))

    assert Source.objects.get(pk=hook.pk).mapping == [{"path": "old.name", "to": "contact.name"}]


@pytest.mark.parametrize("body", [b"{not json", b"\xff\xfe", b"[" * 500])
def test_an_unreadable_body_is_said_and_breaks_nothing(browser: Browser, hook: Source, body: bytes) -> None:
    heard(hook, body)

    page = browser.get(f"/hooks/{hook.pk}/")

    assert page.status_code == 200
    assert "The last body cannot be read" in page.content.decode()


@pytest.mark.parametrize("encode", [bytes.hex, lambda mac: base64.b64encode(mac).decode()])
def test_a_signature_is_asked_for_and_its_secret_never_shown(
    browser: Browser, hook: Source, encode: Callable[[bytes], str]
) -> None:
    said = {"name": "Partner", "is_signed": "on", "signing_header": "X-Sig", "signing_secret": "geheim-123"}
    browser.post(f"/hooks/{hook.pk}/", said)
    hook.refresh_from_db()
    mac = hmac.new(b"geheim-123", b"{}", hashlib.sha256).digest()

    assert "geheim-123" not in browser.get(f"/hooks/{hook.pk}/").content.decode()
    assert heard(hook, b"{}").status == 401
    assert heard(hook, b"{}", **{"x-sig": encode(mac)}).status == 202


def test_saving_again_keeps_the_secret_and_unticking_drops_it(browser: Browser, hook: Source) -> None:
    intake.set_signing(source=hook, header="X-Sig", secret="geheim")

    browser.post(f"/hooks/{hook.pk}/", {"name": "Partner", "is_signed": "on", "signing_header": "X-Other"})
    hook.refresh_from_db()
    assert hook.signing_header == "X-Other"
    mac = hmac.new(b"geheim", b"{}", hashlib.sha256).hexdigest()
    assert heard(hook, b"{}", **{"x-other": mac}).status == 202

    browser.post(f"/hooks/{hook.pk}/", {"name": "Partner"})
    hook.refresh_from_db()
    assert hook.signing_box == ""


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"is_signed": "on", "signing_secret": "x"}, "Say which header"),
        ({"is_signed": "on", "signing_header": "X-Sig"}, "Write the secret"),
        ({"is_signed": "on", "signing_header": "X Sig:", "signing_secret": "x"}, "Letters, digits"),
    ],
)
def test_half_a_signature_is_refused(
    browser: Browser, hook: Source, said: dict[str, str], words: str
) -> None:
    page = browser.post(f"/hooks/{hook.pk}/", {"name": "Partner", **said})

    assert page.status_code == 422
    assert words in page.content.decode()
    hook.refresh_from_db()
    assert hook.signing_box == ""


def test_a_new_address_ends_the_old_one(browser: Browser, hook: Source) -> None:
    old = intake.hook_url(hook)

    browser.post(f"/hooks/{hook.pk}/secret/")

    hook.refresh_from_db()
    assert intake.hook_url(hook) != old


def test_what_was_refused_can_be_mapped_too(browser: Browser, hook: Source) -> None:
    intake.set_signing(source=hook, header="X-Sig", secret="geheim")
    assert [heard(hook, {"nome": name}).status for name in ("Ana", "Bia")] == [401, 401]

    page = browser.get(f"/hooks/{hook.pk}/").content.decode()

    assert "Bia" in page
    assert "refused" in page
    assert not RawEvent.objects.exists()


def test_only_those_who_may_see_the_address(
    hook: Source, stranger: Membership, client_as: Callable[[Membership], Browser]
) -> None:
    manager, member = make.member(role=Role.MANAGER), make.member(role=Role.MEMBER)
    digest = hook.secret_digest

    assert client_as(manager).get(f"/hooks/{hook.pk}/").status_code == 200
    for outsider in (member, stranger):
        for path in ("", "reading/", "secret/", "switch/", "deletion/"):
            assert client_as(outsider).post(f"/hooks/{hook.pk}/{path}").status_code == 404
    hook.refresh_from_db()
    assert (hook.secret_digest, hook.deleted_at) == (digest, None)
    assert client_as(member).get("/settings/sources/").status_code == 404


def test_sources_are_listed_with_what_came_and_what_failed(browser: Browser, hook: Source) -> None:
    heard(hook, BODY)
    heard(hook, b"{not json")
    intake.apply_waiting()

    page = browser.get("/settings/sources/")

    row = next(row for row in page.context["rows"] if row.source.pk == hook.pk)
    assert (row.traffic.count, row.failed, row.url) == (2, 1, f"/hooks/{hook.pk}/")
