"""What people agree to in a form goes into the ledger, with its proof (P-3)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from afluente.capture import services
from afluente.capture.services.fields import Field, Kind, fields_of
from afluente.contacts.models import Contact
from afluente.delivery import services as delivery
from afluente.delivery.models import Consent
from afluente.intake import services as intake
from afluente.intake.models import RawEvent
from afluente.kernel import clock
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import cast, make
from tests.capture.test_public import ANSWERS, address, sent
from tests.capture.test_views_forms import typed
from tests.contacts.test_merging import merge

if TYPE_CHECKING:
    from afluente.capture.models import Form
    from tests.cast import Browser, Cast

TICK = "I want news and offers by e-mail"
PRIVACY = "https://mare.example/privacy"


def saved(form: Form, fields: list[Field]) -> Form:
    return services.change_form(
        form=form,
        name=form.source.name,
        rule=None,
        title=form.title,
        intro="",
        button=form.button,
        language=form.language,
        thanks="",
        redirect_url="",
        fields=fields,
    )


@pytest.fixture
def form(people: Cast) -> Form:
    make.pipeline()
    made = services.create_form(name="Newsletter", language="en")
    tick = Field("news", TICK, Kind.CONSENT, to="consent.email", link=PRIVACY)
    return saved(made, [*fields_of(made.fields), tick])


@pytest.fixture
def visitor() -> Browser:
    return cast.browser(enforce_csrf_checks=True, headers={"user-agent": "Firefox 140"})


def words() -> list[Consent]:
    return list(Consent.objects.order_by("pk"))


def test_a_tick_becomes_a_word_with_its_proof(visitor: Browser, form: Form) -> None:
    sent(visitor, form, news="on")
    intake.apply_waiting()

    (word,) = words()
    arrival = RawEvent.objects.get()
    assert (word.contact, word.channel, word.is_given) == (Contact.objects.get(), "email", True)
    assert (word.source, word.actor_name) == ("form", "Newsletter")
    assert word.wording == f"{TICK} ({PRIVACY})"
    assert (word.ip, word.agent) == ("127.0.0.1", "Firefox 140")
    assert (word.raw_event_id, word.at) == (arrival.pk, arrival.received_at)
    assert Event.objects.filter(kind="consent.given", contact_id=word.contact_id).count() == 1
    fields = Event.objects.get(kind="lead.received").data["fields"]
    assert fields[TICK] == "Yes"
    assert not any("consents" in name for name in fields)


def test_an_empty_tick_says_nothing_and_takes_nothing_back(visitor: Browser, form: Form) -> None:
    sent(visitor, form)
    intake.apply_waiting()
    assert words() == []

    sent(visitor, form, news="on")
    sent(visitor, form, message="And one more thing")
    intake.apply_waiting()
    assert [one.is_given for one in words()] == [True]


def test_the_same_tick_again_doubles_nothing_and_a_new_sentence_is_a_new_word(
    visitor: Browser, form: Form
) -> None:
    for message in ("One", "Two"):
        sent(visitor, form, news="on", message=message)
    assert intake.apply_waiting() == 2
    assert intake.apply_waiting() == 0
    assert len(words()) == 1

    fields = [one for one in fields_of(form.fields) if one.name != "news"]
    saved(form, [*fields, Field("news", "Write to me", Kind.CONSENT, to="consent.email+sms")])
    sent(visitor, form, news="on", message="Three")
    intake.apply_waiting()
    assert [(one.channel, one.wording) for one in words()[1:]] == [
        ("email", "Write to me"),
        ("sms", "Write to me"),
    ]


def test_the_sentence_is_the_one_that_was_read_and_not_what_the_form_says_later(
    visitor: Browser, form: Form
) -> None:
    sent(visitor, form, news="on")
    saved(form, [*fields_of(form.fields)[:4], Field("news", "Other words", Kind.CONSENT, to="consent.sms")])
    intake.apply_waiting()

    assert [(one.channel, one.wording) for one in words()] == [("email", f"{TICK} ({PRIVACY})")]


def test_what_failed_and_is_tried_again_by_a_person_keeps_one_word(visitor: Browser, form: Form) -> None:
    sent(visitor, form, news="on")
    RawEvent.objects.update(state=RawEvent.State.DEAD, error="internal", attempts=5)
    assert intake.replay_events(event_ids=[RawEvent.objects.get().pk]) == 1
    assert intake.replay_events(event_ids=[RawEvent.objects.get().pk]) == 0
    assert intake.apply_waiting() == 1
    assert intake.apply_waiting() == 0

    assert len(words()) == 1


def test_a_yes_that_was_held_up_does_not_cover_the_no_that_came_after_it(
    visitor: Browser, form: Form
) -> None:
    contact = make.contact(name="Helena Prado", emails=(ANSWERS["email"],))
    sent(visitor, form, news="on")
    RawEvent.objects.update(received_at=clock.now() - dt.timedelta(days=1))
    delivery.say_consent(contact_id=contact.pk, channel="email", is_given=False, source="hand", by=SYSTEM)
    intake.apply_waiting()

    assert [one.is_given for one in words()] == [False]
    assert Event.objects.get(kind="consent.passed_over").data["why"] == "said_since"


def test_nobody_signs_up_somebody_who_unsubscribed_by_typing_their_address(
    visitor: Browser, form: Form
) -> None:
    contact = make.contact(name="Helena Prado", emails=(ANSWERS["email"],))
    url = delivery.leaving_url(channel="email", address=ANSWERS["email"], contact_id=contact.pk)
    delivery.leave(delivery.read_leaving(url.rstrip("/").rpartition("/")[2]))
    sent(visitor, form, news="on")
    assert intake.apply_waiting() == 1

    assert RawEvent.objects.get().state == RawEvent.State.DONE
    assert [one.is_given for one in words()] == [False]
    assert Event.objects.get(kind="consent.passed_over").data["why"] == "unsubscribed"


def test_the_word_goes_along_when_its_contact_becomes_another_one(visitor: Browser, form: Form) -> None:
    sent(visitor, form, news="on")
    intake.apply_waiting()
    made = Contact.objects.get()
    other = make.contact(name="Helena P.", emails=("helena@clinica.example",))
    merge(other, made)
    sent(visitor, form, news="on", message="Once more")
    intake.apply_waiting()

    (word,) = words()
    assert word.contact_id == Contact.objects.get(deleted_at=None).pk


def test_only_a_tick_can_agree(ana: Any, client_as: Any, form: Form) -> None:
    browser = client_as(ana)
    refused = browser.post(f"/forms/{form.pk}/", typed(form, **{"phone-to": "consent.sms"}))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Only a tick can agree to messages" in page
    assert "Agrees to e-mail and SMS" in page

    assert browser.post(f"/forms/{form.pk}/", typed(form, **{"news-to": "consent.sms"})).status_code == 303
    form.refresh_from_db()
    assert form.fields[-1]["to"] == "consent.sms"


def test_the_tab_names_the_form_the_sentence_and_the_arrival(
    visitor: Browser, form: Form, ana: Any, client_as: Any
) -> None:
    sent(visitor, form, news="on")
    intake.apply_waiting()
    contact, arrival = Contact.objects.get(), RawEvent.objects.get()

    page = client_as(ana).get(f"/contacts/{contact.pk}/?tab=consent").content.decode()

    assert f'href="/incoming/{arrival.pk}/"' in page
    assert TICK in page
    assert "Newsletter" in page


def test_a_page_says_what_the_form_asks(visitor: Browser, form: Form) -> None:
    page = visitor.get(address(form)).content.decode()

    assert TICK in page
    assert PRIVACY in page
