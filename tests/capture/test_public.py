"""The hosted form as strangers meet it: no session, no script, hostile texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from afluente.capture import services
from afluente.capture.services.fields import Field, Kind, mapping_of
from afluente.contacts.models import Contact
from afluente.deals.models import Deal
from afluente.intake import services as intake
from afluente.intake.models import RawEvent
from tests import cast, make

if TYPE_CHECKING:
    from afluente.capture.models import Form
    from tests.cast import Browser, Cast

ANSWERS = {"name": "Helena Prado", "email": "helena@example.com", "phone": "11 98765 4321", "message": "Oi"}
HOSTILE = "<img src=x onerror=alert(1)>\"'{{ 31337*1009 }}{% now %}<script>alert(1)</script>"


@pytest.fixture
def form(people: Cast) -> Form:
    make.pipeline()
    return services.create_form(name="Orçamento", language="pt-br")


@pytest.fixture
def visitor() -> Browser:
    return cast.browser(enforce_csrf_checks=True)


def address(form: Form) -> str:
    return f"/f/{form.source.public_id}"


def opened(visitor: Browser, form: Form, query: str = "", **headers: str) -> tuple[str, dict[str, str]]:
    """The page, and the hidden inputs it holds."""
    page = visitor.get(address(form) + query, headers=headers).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return page, {name: value.replace("&amp;", "&") for name, value in hidden.items()}


def sent(visitor: Browser, form: Form, **answers: Any) -> Any:
    _page, hidden = opened(visitor, form)
    return visitor.post(address(form), {**hidden, **ANSWERS, **answers})


def test_an_answer_becomes_a_contact_and_a_deal(visitor: Browser, form: Form) -> None:
    response = sent(visitor, form)

    assert response.status_code == 303
    assert response.headers["Location"] == f"{address(form)}/thanks"
    assert intake.apply_waiting() == 1
    assert Contact.objects.get().name == "Helena Prado"
    assert Deal.objects.get().source == "form"


def test_the_page_sets_no_cookie_and_speaks_the_language_of_the_form(visitor: Browser, form: Form) -> None:
    response = visitor.get(address(form))

    assert response.status_code == 200
    assert not response.cookies
    assert response.headers["Content-Language"] == "pt-br"
    assert '<html lang="pt-br">' in response.content.decode()


def test_only_this_page_may_be_framed_and_nothing_inline_runs(visitor: Browser, form: Form) -> None:
    policy = visitor.get(address(form)).headers["Content-Security-Policy"]

    assert "frame-ancestors *" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_a_double_click_makes_one_raw_event(visitor: Browser, form: Form) -> None:
    _page, hidden = opened(visitor, form)

    answers = [visitor.post(address(form), {**hidden, **ANSWERS}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert RawEvent.objects.count() == 1


def test_going_back_and_writing_something_else_is_another_arrival(visitor: Browser, form: Form) -> None:
    _page, hidden = opened(visitor, form)

    for message in ("Oi", "Oi de novo"):
        visitor.post(address(form), {**hidden, **ANSWERS, "message": message})

    assert RawEvent.objects.count() == 2


def test_the_same_answers_without_a_token_are_one_for_a_while(visitor: Browser, form: Form) -> None:
    for _ in range(2):
        visitor.post(address(form), ANSWERS)

    assert RawEvent.objects.count() == 1


def test_a_robot_is_thanked_and_makes_nobody(visitor: Browser, form: Form) -> None:
    response = sent(visitor, form, af_confirm="https://spam.example")

    assert response.status_code == 303
    assert RawEvent.objects.get().state == RawEvent.State.DEAD
    assert RawEvent.objects.get().error == "spam"
    assert intake.apply_waiting() == 0
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "Este campo é obrigatório."),
        ("helena", "@"),
        ("helena@", "@"),
        ("helena@vidaplena", ".com"),
    ],
)
def test_a_wrong_address_is_said_and_nothing_typed_is_lost(
    visitor: Browser, form: Form, typed: str, fault: str
) -> None:
    response = sent(visitor, form, email=typed, message="Portal para pacientes")
    page = response.content.decode()

    assert response.status_code == 422
    assert fault in page
    assert 'aria-invalid="true"' in page
    assert "Portal para pacientes" in page
    assert 'value="Helena Prado"' in page
    assert not RawEvent.objects.exists()


def test_a_phone_is_kept_as_written(visitor: Browser, form: Form) -> None:
    sent(visitor, form, phone="ligar depois das 18h")
    intake.apply_waiting()

    assert Contact.objects.get().phones.get().raw == "ligar depois das 18h"


def test_origin_is_taken_from_the_address_and_the_browser(visitor: Browser, form: Form) -> None:
    _page, hidden = opened(
        visitor, form, "?utm_source=instagram&utm_campaign=ver%C3%A3o", referer="https://l.instagram.com/x"
    )
    visitor.post(address(form), {**hidden, **ANSWERS})
    intake.apply_waiting()

    touch = Contact.objects.get().utm_first
    assert touch["utm_source"] == "instagram"
    assert touch["utm_campaign"] == "verão"
    assert touch["referrer"] == "https://l.instagram.com/x"
    assert touch["page"].startswith("http://testserver/f/")


def test_a_frame_tells_the_page_around_it(visitor: Browser, form: Form) -> None:
    _page, hidden = opened(
        visitor, form, "?embed=1&page=https%3A%2F%2Fmare.example%2Fsite", referer="https://mare.example/"
    )

    assert hidden["page"] == "https://mare.example/site"
    assert hidden["referrer"] == ""


def test_hostile_texts_stay_texts(visitor: Browser, form: Form) -> None:
    query = "?" + "&".join(
        f"{name}=%3Cscript%3Ealert(1)%3C/script%3E" for name in ("name", "utm_source", "page")
    )
    page, _hidden = opened(visitor, form, query, referer='https://x.example/"><script>alert(1)</script>')
    refused = sent(visitor, form, email="x", name=HOSTILE, message=HOSTILE).content.decode()

    for html in (page, refused):
        assert "<script>alert" not in html
        assert "<img src=x" not in html
    assert "31337*1009" in refused
    assert str(31337 * 1009) not in refused  # too long to stand in a random address by chance


def test_too_many_answers_wait_and_keep_what_was_typed(
    visitor: Browser, form: Form, monkeypatch: Any
) -> None:
    from dataclasses import replace

    from afluente.capture.services import limits

    monkeypatch.setattr(limits, "ADDRESS", replace(limits.ADDRESS, most=1, name="form-address-test"))
    sent(visitor, form)
    response = sent(visitor, form, message="Segunda mensagem")

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "Segunda mensagem" in response.content.decode()
    assert RawEvent.objects.count() == 1


def test_too_long_a_body_is_refused_before_it_is_read(visitor: Browser, form: Form) -> None:
    response = sent(visitor, form, message="x" * 300_000)

    assert response.status_code == 413
    assert not RawEvent.objects.exists()


def test_a_closed_form_says_so_and_a_deleted_one_is_nowhere(visitor: Browser, form: Form) -> None:
    services.switch_form(form=form, is_on=False)
    assert visitor.get(address(form)).status_code == 410
    assert visitor.post(address(form), ANSWERS).status_code == 410

    services.delete_form(form=form)
    assert visitor.get(address(form)).status_code == 404
    assert visitor.get("/f/1x" + "0" * 26).status_code == 404


def test_thanks_go_to_the_page_its_owner_chose(visitor: Browser, form: Form) -> None:
    form.redirect_url = "https://mare.example/obrigado"
    form.save()
    page = visitor.get(address(form))
    response = sent(visitor, form, next="https://evil.example", redirect_url="https://evil.example")

    assert "form-action 'self' https://mare.example;" in page.headers["Content-Security-Policy"]
    assert response.headers["Location"] == "https://mare.example/obrigado"


def test_every_kind_of_question_is_understood(visitor: Browser, form: Form) -> None:
    fields = [
        Field("name", "Nome", Kind.TEXT, required=True, to="contact.name"),
        Field("need", "O que você precisa?", Kind.CHOICES, options=("Site", "Loja", "Chatbot")),
        Field("size", "Tamanho", Kind.CHOICE, options=("P", "M")),
        Field("budget", "Orçamento", Kind.NUMBER, to="deal.amount"),
        Field("ok", "Aceito", Kind.CONSENT, required=True, link="https://mare.example/privacidade"),
    ]
    form.fields = [field.as_json() for field in fields]
    form.save()
    intake.set_mapping(source=form.source, mapping=mapping_of(fields))

    said = {"need": ["Site", "Chatbot"], "size": "M", "budget": "1.500,50"}
    assert visitor.post(address(form), {"name": "Léo", **said}).status_code == 422
    assert visitor.post(address(form), {"name": "Léo", **said, "size": "XL", "ok": "on"}).status_code == 422
    assert visitor.post(address(form), {"name": "Léo", **said, "ok": "on"}).status_code == 303
    intake.apply_waiting()

    assert str(Deal.objects.get().amount) == "1500.5000"
    body = bytes(RawEvent.objects.get().body).decode()
    assert '"need": "Site, Chatbot"' in body


def test_the_script_finds_its_form_by_its_own_address(visitor: Browser, form: Form) -> None:
    response = visitor.get(f"{address(form)}.js")

    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "document.currentScript" in response.content.decode()


def test_a_colleague_of_another_workspace_is_a_visitor_too(form: Form) -> None:
    with cast.outside():
        stranger = cast.stranger()
        response = cast.browser(stranger).get(address(form))

    assert response.status_code == 200
