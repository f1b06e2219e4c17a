"""What goes along in a merge beside the rows: decisions, what came late, what is given back with arrivals."""

import datetime as dt

import pytest

from afluente.contacts import services
from afluente.contacts.models import ContactPhone, PossibleDuplicate
from afluente.deals.models import DealContact
from afluente.intake.models import RawEvent
from afluente.kernel import clock
from afluente.kernel.models import Job
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, NewEvent
from afluente.timeline.models import Comment, Event
from tests import make

pytestmark = pytest.mark.django_db
LONG_AGO = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


@pytest.fixture
def four(people):
    """Ana three times, and her sister."""
    return [
        make.contact(name=f"Ana {n}", emails=(f"a{n}@x.example",), created_at=LONG_AGO + dt.timedelta(days=n))
        for n in range(4)
    ]


def merge(*contacts):
    group = services.Group(contact_ids=[one.pk for one in contacts])
    return services.merge_contacts(groups=[group], by=SYSTEM)[0]


def said(one, other, decision="dismissed"):
    younger, older = sorted((one.pk, other.pk), reverse=True)
    return PossibleDuplicate.objects.create(
        contact_id=younger,
        other_id=older,
        reason="phone",
        created_at=clock.now(),
        decision=decision,
        resolved_at=clock.now() if decision else None,
        decided_by="Ana Souza" if decision else "",
    )


def arrival(contact):
    return RawEvent.objects.create(
        source=make.source(),
        key="a",
        body=b"{}",
        body_digest="0",
        received_at=clock.now(),
        due_at=clock.now(),
        state="done",
        contact_id=contact.pk,
    )


def decisions():
    return {
        frozenset((one.contact_id, one.other_id)): (one.decision, one.resolved_at is None, one.decided_by)
        for one in PossibleDuplicate.objects.exclude(decision__in=["merged"])
    }


def pair(one, other):
    return frozenset((one.pk, other.pk))


@pytest.mark.parametrize("decision", ["dismissed", "unmerged"])
def test_who_was_no_duplicate_of_the_one_is_none_of_the_survivor(four, decision):
    first, second, sister, _ = four
    said(second, sister, decision)

    merged = merge(first, second)
    assert decisions()[pair(first, sister)] == ("dismissed", False, "Ana Souza")

    services.unmerge_contacts(merge_ids=merged.merge_ids, by=SYSTEM)
    assert pair(first, sister) not in decisions()
    assert decisions()[pair(second, sister)] == (decision, False, "Ana Souza")


def test_an_open_suggestion_is_settled_by_it_and_open_again_afterwards(four):
    first, second, sister, _ = four
    said(second, sister)
    said(first, sister, "")

    merged = merge(first, second)
    assert decisions()[pair(first, sister)] == ("dismissed", False, "Ana Souza")

    services.unmerge_contacts(merge_ids=merged.merge_ids, by=SYSTEM)
    assert decisions()[pair(first, sister)] == ("", True, "")


def test_what_two_said_holds_until_the_last_of_them_leaves(four):
    first, second, third, sister = four
    said(second, sister)
    said(third, sister)
    one, two = merge(first, second), merge(first, third)

    services.unmerge_contacts(merge_ids=one.merge_ids, by=SYSTEM)
    assert decisions()[pair(first, sister)][0] == "dismissed"

    services.unmerge_contacts(merge_ids=two.merge_ids, by=SYSTEM)
    assert pair(first, sister) not in decisions()


def test_who_joins_the_same_survivor_says_nothing_of_it(four):
    first, second, third, _ = four
    said(second, third)

    merge(first, second, third)

    assert decisions() == {pair(second, third): ("dismissed", False, "Ana Souza")}


def test_what_slips_in_while_they_are_merged_is_brought_along_a_minute_later(four, people):
    first, second, *_ = four
    phone = ContactPhone.objects.create(contact=second, raw="11 3333-4444", e164="+551133334444")
    merged = merge(first, second)
    job = Job.objects.get(name="contacts.carry_late")
    # Written by a transaction that had begun before the merge and ended after it.
    comment = timeline.add_comment(text="Called back", by=people.ana, contact_id=first.pk)
    Comment.objects.filter(pk=comment.pk).update(contact_id=second.pk)
    (late,) = timeline.record([NewEvent("contact.changed", SYSTEM, contact_id=second.pk, data={})])
    ContactPhone.objects.create(contact=second, raw="(11) 3333 4444", e164=phone.e164)

    assert job.due_at >= clock.now() + dt.timedelta(seconds=50)
    services.carry_late(**job.args)

    assert Comment.objects.get(pk=comment.pk).contact_id == first.pk
    assert Event.objects.get(pk=late).contact_id == first.pk
    assert [one.raw for one in ContactPhone.objects.filter(contact=first)] == ["11 3333-4444"]

    services.unmerge_contacts(merge_ids=merged.merge_ids, by=SYSTEM)
    assert Comment.objects.get(pk=comment.pk).contact_id == second.pk


def test_nothing_is_brought_along_once_they_are_parted_again(four):
    first, second, *_ = four
    merged = merge(first, second)
    services.unmerge_contacts(merge_ids=merged.merge_ids, by=SYSTEM)
    (own,) = timeline.record([NewEvent("contact.changed", SYSTEM, contact_id=second.pk, data={})])

    services.carry_late(merge_ids=list(merged.merge_ids))

    assert Event.objects.get(pk=own).contact_id == second.pk


def test_arrivals_since_go_back_with_the_deals_they_opened(four):
    first, second, *_ = four
    merged = merge(first, second)
    deal, other = make.deal(name="Cake", contacts=(first,)), make.deal(name="Bread", contacts=(first,))
    raw = arrival(first)
    arrived, opened, kept = timeline.record(
        [
            NewEvent(
                "lead.received", SYSTEM, contact_id=first.pk, deal_id=deal.pk, data={"raw_event": raw.pk}
            ),
            NewEvent("deal.opened", SYSTEM, contact_id=first.pk, deal_id=deal.pk, data={}),
            NewEvent("lead.received", SYSTEM, contact_id=first.pk, deal_id=other.pk, data={}),
        ]
    )
    services.unmerge_contacts(merge_ids=merged.merge_ids, by=SYSTEM)

    # A comment's number is no arrival's, and what stays with the survivor is not asked for.
    count = services.return_arrivals(merge_id=merged.merge_ids[0], event_ids=[arrived, opened])

    assert count == 1
    assert {one.pk: one.contact_id for one in Event.objects.filter(pk__in=[arrived, opened, kept])} == {
        arrived: second.pk,
        opened: second.pk,
        kept: first.pk,
    }
    assert dict(DealContact.objects.values_list("deal_id", "contact_id")) == {
        deal.pk: second.pk,
        other.pk: first.pk,
    }
    raw.refresh_from_db()
    assert raw.contact_id == second.pk
    assert services.return_arrivals(merge_id=merged.merge_ids[0], event_ids=[arrived]) == 0
