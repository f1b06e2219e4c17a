"""The form editor, with nothing but forms and buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.accounts.models import Role
from afluente.capture import services
from afluente.capture.models import Form
from afluente.intake.models import Source
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.models import Membership
    from tests.cast import Browser, Cast


@pytest.fixture
def browser(ana: Membership, client_as: Callable[[Membership], Browser]) -> Browser:
    return client_as(ana)


@pytest.fixture
def form(people: Cast) -> Form:
    return services.create_form(name="Site", language="en")


def typed(form: Form, **changes: Any) -> dict[str, Any]:
    """What the editor of `form` sends when it is saved as it is."""
    said: dict[str, Any] = {
        "name": form.source.name,
        "title": form.title,
        "button": form.button,
        "language": form.language,
        "field": [field["name"] for field in form.fields],
    }
    for field in form.fields:
        for part in ("label", "kind", "to"):
            said[f"{field['name']}-{part}"] = field[part]
        if field["required"]:
            said[f"{field['name']}-required"] = "on"
    return said | changes


def names(form: Form) -> list[str]:
    form.refresh_from_db()
    return [field["name"] for field in form.fields]


def test_one_press_makes_a_form_that_takes_answers(browser: Browser, people: Cast) -> None:
    response = browser.post("/forms/")

    form = Form.objects.select_related("source").get()
    assert response.headers["Location"] == f"/forms/{form.pk}/"
    assert names(form) == ["name", "email", "phone", "message"]
    assert browser.get(f"/f/{form.source.public_id}").status_code == 200


def test_saving_changes_the_page_and_the_mapping(browser: Browser, form: Form) -> None:
    rule = make.rule(name="Site")
    said = typed(
        form,
        title="Ask us",
        rule=rule.pk,
        redirect_url="https://mare.example/ok",
        **{"message-label": "Your plan"},
    )

    response = browser.post(f"/forms/{form.pk}/", said)

    form.refresh_from_db()
    source = Source.objects.get(pk=form.source_id)
    assert response.status_code == 303
    assert (form.title, form.redirect_url, source.rule) == ("Ask us", "https://mare.example/ok", rule)
    assert {"path": "answers.email", "to": "contact.email"} in source.mapping
    assert {"path": "answers.message", "to": "custom.Your plan"} in source.mapping


@pytest.mark.parametrize(
    ("act", "order"),
    [
        ("up:email", ["email", "name", "phone", "message"]),
        ("down:phone", ["name", "email", "message", "phone"]),
        ("up:name", ["name", "email", "phone", "message"]),
        ("remove:phone", ["name", "email", "message"]),
        ("add:choice", ["name", "email", "phone", "message", "one_of_a_list"]),
        ("up:unknown", ["name", "email", "phone", "message"]),
    ],
)
def test_acts_on_questions_need_no_script_and_save_nothing(
    browser: Browser, form: Form, act: str, order: list[str]
) -> None:
    page = browser.post(f"/forms/{form.pk}/", typed(form, do=act, title="Not saved"))

    assert page.status_code == 200
    assert [field.name for field in page.context["editor"].fields] == order
    assert 'value="Not saved"' in page.content.decode()
    assert names(form) == ["name", "email", "phone", "message"]


def test_the_order_is_the_order_of_the_page(browser: Browser, form: Form) -> None:
    browser.post(f"/forms/{form.pk}/", typed(form, field=["message", "email", "name"]))

    assert names(form) == ["message", "email", "name"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "This field is required"),
        ({"redirect_url": "javascript:alert(1)"}, "Write a whole address"),
        ({"redirect_url": "//evil.example"}, "Write a whole address"),
        ({"message-kind": "choice", "message-options": ""}, "Add at least one option"),
        ({"message-label": ""}, "This field is required"),
        ({"field": ["message"]}, "cannot become a contact"),
        ({"message-to": "contact.id"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_saved_is_said_and_kept_on_the_screen(
    browser: Browser, form: Form, wrong: dict[str, Any], words: str
) -> None:
    page = browser.post(f"/forms/{form.pk}/", typed(form, **{"intro": "Typed already", **wrong}))

    assert page.status_code == 422
    assert words in page.content.decode()
    assert "Typed already" in page.content.decode()
    form.refresh_from_db()
    assert form.intro == ""


def test_the_preview_shows_what_is_typed_in_the_language_of_the_form(browser: Browser, form: Form) -> None:
    page = browser.post(
        f"/forms/{form.pk}/preview/", typed(form, title="<b>Ask</b>", language="pl")
    ).content.decode()

    assert "&lt;b&gt;Ask&lt;/b&gt;" in page
    assert 'lang="pl"' in page
    assert "inert" in page


def test_names_of_questions_never_clash_and_are_never_the_visits(browser: Browser, form: Form) -> None:
    said = typed(form, do="add:email", field=["email", "utm_source", "../x", "email"])

    page = browser.post(f"/forms/{form.pk}/", said)

    assert [field.name for field in page.context["editor"].fields] == ["email", "e_mail"]


def test_a_form_is_closed_copied_and_deleted(browser: Browser, form: Form) -> None:
    browser.post(f"/forms/{form.pk}/publication/", {"is_on": "0"})
    browser.post(f"/forms/{form.pk}/copy/")
    browser.post(f"/forms/{form.pk}/deletion/")

    copy = Form.objects.select_related("source").latest("pk")
    assert not copy.source.is_on
    assert copy.source.name == "Site, copy"
    assert copy.source.public_id != form.source.public_id
    assert browser.get(f"/forms/{form.pk}/").status_code == 404
    assert browser.get(f"/f/{form.source.public_id}").status_code == 404


def test_snippets_hold_the_title_as_text(browser: Browser, form: Form) -> None:
    form.title = '"><script>alert(1)</script>'
    form.save()

    page = browser.get(f"/forms/{form.pk}/")

    assert "<script>alert" not in page.content.decode()
    assert "<script>alert" not in page.context["share"].script


def test_managers_make_forms_members_and_strangers_find_none(
    form: Form, stranger: Membership, client_as: Callable[[Membership], Browser]
) -> None:
    manager, member = make.member(role=Role.MANAGER), make.member(role=Role.MEMBER)

    assert client_as(manager).get(f"/forms/{form.pk}/").status_code == 200
    for outsider in (member, stranger):
        assert client_as(outsider).get(f"/forms/{form.pk}/").status_code == 404
        assert client_as(outsider).post(f"/forms/{form.pk}/deletion/").status_code == 404
    assert client_as(member).get("/forms/").status_code == 404
    assert Source.objects.get(pk=form.source_id).deleted_at is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(browser: Browser, people: Cast, count: int) -> None:
    for _ in range(count):
        services.create_form(name="Site", language="en")

    with CaptureQueriesContext(connection) as queries:
        browser.get("/forms/")

    own = [one["sql"] for one in queries if "capture_form" in one["sql"] or "MAX(" in one["sql"]]
    assert len(own) == 2
