"""The ledger of consent: words are added and never changed, the last one counts, and sending heeds it (P-3)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from afluente.contacts.models import Contact
from afluente.delivery import services
from afluente.delivery.models import Consent, Sender, Suppression
from afluente.kernel import personal
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests.contacts.test_merging import merge
from tests.delivery.posting import person, sender

pytestmark = pytest.mark.django_db
ANA = "ana@cliente.example"


def say(contact, is_given, *, source="form", **proof):
    return services.say_consent(
        contact_id=contact.pk,
        channel="email",
        is_given=is_given,
        source=source,
        by=SYSTEM,
        proof=services.Proof(**proof),
    )


def refused(contact, *, is_marketing=True):
    return services.refusal(channel="email", address=ANA, contact_id=contact.pk, is_marketing=is_marketing)


def leaving(contact):
    url = services.leaving_url(channel="email", address=ANA, contact_id=contact.pk)
    return services.read_leaving(url.rstrip("/").rpartition("/")[2])


def test_words_are_added_and_the_last_one_counts_for_what_advertises(workspace):
    contact = person()
    assert refused(contact) == ""
    assert say(contact, False)
    assert refused(contact) == "no_consent"
    assert refused(contact, is_marketing=False) == ""
    assert say(contact, True, wording="I want the news", ip="203.0.113.7", agent="Firefox")
    assert refused(contact) == ""
    assert not say(contact, True, wording="I want the news")
    assert list(Consent.objects.order_by("pk").values_list("is_given", flat=True)) == [False, True]
    last = Consent.objects.last()
    assert (last.wording, last.ip, last.agent) == ("I want the news", "203.0.113.7", "Firefox")
    kinds = Event.objects.filter(contact_id=contact.pk).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["consent.withdrawn", "consent.given"]


def test_where_a_channel_asks_first_silence_is_no(ana):
    contact = person()
    sender(ana, 25)
    Sender.objects.update(asks_consent=True)
    assert refused(contact) == "no_consent"
    say(contact, True)
    assert refused(contact) == ""


@pytest.mark.parametrize(
    "change", ["is_given = NOT is_given", "at = now()", "source = 'hand'", "actor_name = 'Eva'", "ip = NULL"]
)
def test_the_database_lets_nobody_change_a_word(workspace, change):
    say(person(), True, ip="203.0.113.7")
    with (
        pytest.raises(IntegrityError, match="add another"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE delivery_consent SET {change}")  # noqa: S608  the changes above
    assert Consent.objects.get().is_given


def test_who_unsubscribed_comes_back_by_their_own_link_only(workspace):
    contact = person()
    services.leave(leaving(contact), proof=services.Proof(ip="203.0.113.7", agent="Mail"))
    assert Consent.objects.get().ip == "203.0.113.7"
    for source in ("hand", "import", "api", "form"):
        with pytest.raises(services.LeftThemselvesError):
            say(contact, True, source=source)
    assert refused(contact) == "no_consent"
    services.come_back(leaving(contact))
    assert refused(contact) == ""


@pytest.mark.parametrize("softer", ["manual", "bounced"])
def test_an_unsubscription_outlives_a_softer_reason(dora, softer):
    contact = person()
    services.suppress(channel="email", address=ANA, reason=softer)
    services.leave(leaving(contact))
    kept = Suppression.objects.get()
    assert (kept.reason, kept.has_left) == (softer, True)
    assert refused(contact, is_marketing=False)  # as before: nothing at all
    services.let_through(kept.pk, by=dora)
    assert Suppression.objects.get().reason == "unsubscribed"
    assert refused(contact, is_marketing=False) == ""
    assert refused(contact) == "no_consent"
    with pytest.raises(services.OwnWordError):
        services.let_through(kept.pk, by=dora)


@pytest.mark.parametrize("by_hand", [True, False])
def test_who_comes_back_is_still_passed_over_where_a_colleague_said_so_meanwhile(dora, by_hand):
    contact = person()
    services.leave(leaving(contact))
    if by_hand:
        services.pass_over(channel="email", addresses=[ANA], detail="Threats", by=dora)
    else:
        services.suppress(channel="email", address=ANA, reason="manual")
    services.come_back(leaving(contact))
    kept = Suppression.objects.get()
    assert (kept.reason, kept.has_left) == ("manual", False)
    assert refused(contact) == "no_consent"


def test_of_two_people_who_become_one_the_later_word_counts(workspace):
    one, other = person("Ana C."), person("Ana Cliente", "ana2@cliente.example")
    say(one, True)
    say(other, False)
    kept = merge(one, other)
    survivor = Contact.objects.get(pk=getattr(kept, "pk", one.pk))
    assert Consent.objects.filter(contact=survivor).count() == 2
    assert refused(survivor) == "no_consent"


def test_an_access_request_holds_every_word_and_an_erasure_leaves_none(workspace):
    contact = person()
    say(contact, True, wording="I want the news", reason="Fair in May")
    say(contact, False, reason="On the phone")
    holding = next(one for one in personal.holdings() if one.slug == "delivery")
    subject = personal.Subject((contact.pk,), (ANA,))
    rows = [one for one in holding.collect(subject) if "wording" in one]
    assert [(one["is_given"], one["reason"]) for one in rows] == [
        (True, "Fair in May"),
        (False, "On the phone"),
    ]
    holding.erase(subject)
    assert not Consent.objects.exists()


def test_the_tab_shows_where_they_stand_and_a_colleague_adds_a_word(bruno, client_as):
    contact = person()
    Contact.objects.filter(pk=contact.pk).update(assignee=bruno)
    services.suppress(channel="email", address=ANA, reason="bounced")
    browser = client_as(bruno)
    page = browser.get(f"/contacts/{contact.pk}/?tab=consent").content.decode()
    assert "Said nothing" in page
    assert f"{ANA}: Does not exist" in page
    path = f"/contacts/{contact.pk}/consent/email/"
    assert path in page
    answer = browser.post(path, {"is_given": "no", "reason": ""})
    assert answer.status_code == 422
    assert 'value="no"' in answer.content.decode()
    assert browser.post(path, {"is_given": "no", "reason": "On the phone"}).status_code == 303
    word = Consent.objects.get()
    assert (word.source, word.actor_id, word.reason) == ("hand", bruno.pk, "On the phone")
    page = browser.get(f"/contacts/{contact.pk}/?tab=consent").content.decode()
    assert "Wants none" in page
    assert "On the phone" in page
    assert browser.get(f"/contacts/{contact.pk}/consent/fax/").status_code == 404


def test_a_colleague_says_no_yes_for_who_unsubscribed(dora, client_as):
    contact = person()
    services.leave(leaving(contact))
    answer = client_as(dora).post(
        f"/contacts/{contact.pk}/consent/email/", {"is_given": "yes", "reason": "They called"}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "only they come back" in page
    assert "They called" in page


def test_who_may_not_change_a_contact_writes_down_nothing_for_it(carla, dora, client_as):
    contact = person()
    Contact.objects.filter(pk=contact.pk).update(assignee=dora)
    assert client_as(carla).post(
        f"/contacts/{contact.pk}/consent/email/", {"is_given": "no", "reason": "x"}
    ).status_code in {403, 404}
    assert not Consent.objects.exists()


def test_a_no_of_a_colleague_does_not_open_the_way_back_for_their_yes(workspace):
    contact = person()
    services.leave(leaving(contact))
    assert say(contact, False, source="hand", reason="On the phone")
    with pytest.raises(services.LeftThemselvesError):
        say(contact, True, source="hand", reason="They called")
    assert refused(contact) == "no_consent"
    services.come_back(leaving(contact))
    assert say(contact, False, source="hand")
    assert say(contact, True, source="hand")
