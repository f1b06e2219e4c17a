"""Journeys follow the log: how far a deal came, and when a person first answered it."""

from __future__ import annotations

import datetime as dt

import pytest

from afluente.deals import services as deals
from afluente.insights import services
from afluente.insights.models import Journey
from afluente.kernel import clock
from afluente.tasks import services as tasks
from afluente.timeline import services as timeline
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
SITE = Actor("source", 1, "Site")
RULE = Actor("rule", 1, "Greet")


@pytest.fixture
def pipeline(workspace):
    return make.pipeline()


def arrives(pipeline, *, source="form", contact_ids=()):
    stage = make.stage_of(pipeline)
    new = deals.NewDeal(
        name="Portal", pipeline_id=pipeline.pk, stage_id=stage.pk, currency="BRL", source=source,
        contact_ids=contact_ids,
    )  # fmt: skip
    (pk,) = deals.open_deals(deals=[new], by=SITE)
    return pk


def follow():
    """What the worker does with everything that was written."""
    services.follow(list(Event.objects.order_by("pk")))


def journey(pk):
    follow()
    return Journey.objects.get(deal_id=pk)


def by(member):
    return Actor("member", member.pk, member.user.name)


def test_a_lead_waits_from_its_arrival_and_one_added_by_hand_does_not(people, pipeline):
    came, added = arrives(pipeline), arrives(pipeline, source="manual")

    assert journey(came).is_waiting is True
    assert journey(added).is_waiting is False


@pytest.mark.parametrize("way", ["comment", "move", "task", "comment on the person"])
def test_a_person_answers_in_any_of_these_ways(people, pipeline, way):
    person = make.contact()
    pk = arrives(pipeline, contact_ids=(person.pk,))
    follow()

    if way == "comment":
        timeline.add_comment(text="I called her.", by=people.bruno, deal_id=pk)
    elif way == "move":
        deals.move_deals(deal_ids=[pk], to=make.stage_of(pipeline, "In progress"), by=by(people.bruno))
    elif way == "task":
        tasks.create_tasks(tasks=[tasks.NewTask(title="Call", deal_ids=[pk])], by=by(people.bruno))
    else:
        timeline.add_comment(text="She wrote back.", by=people.bruno, contact_id=person.pk)

    found = journey(pk)
    assert (found.is_waiting, found.answered_by_id) == (False, people.bruno.pk)
    assert found.answered_at >= found.opened_at


def test_what_a_rule_does_is_no_answer(people, pipeline):
    pk = arrives(pipeline)
    deals.move_deals(deal_ids=[pk], to=make.stage_of(pipeline, "In progress"), by=RULE)

    assert (journey(pk).is_waiting, journey(pk).answered_at) == (True, None)


def test_what_a_rule_closes_waits_no_more_and_was_not_answered(people, pipeline):
    pk = arrives(pipeline)
    deals.move_deals(deal_ids=[pk], to=make.stage_of(pipeline, "Lost"), by=RULE)

    assert (journey(pk).is_waiting, journey(pk).answered_at) == (False, None)


def test_only_the_first_answer_counts(people, pipeline):
    pk = arrives(pipeline)
    timeline.add_comment(text="First.", by=people.bruno, deal_id=pk)
    first = journey(pk).answered_at
    timeline.add_comment(text="Second.", by=people.ana, deal_id=pk)

    assert (journey(pk).answered_at, journey(pk).answered_by_id) == (first, people.bruno.pk)


def test_said_by_hand_it_is_answered_at_once_and_taken_back_it_waits_again(people, pipeline):
    pk = arrives(pipeline)
    follow()
    deal = make.Deal.objects.get(pk=pk)

    services.answer_deal(deal=deal, by=by(people.ana))
    answered = Journey.objects.get(deal_id=pk)
    services.unanswer_deal(deal=deal, by=by(people.ana))
    again = journey(pk)  # also after the worker has read of both

    assert (answered.is_waiting, answered.answered_by_id) == (False, people.ana.pk)
    assert (again.is_waiting, again.answered_at) == (True, None)


def test_the_furthest_stage_stays_when_a_deal_goes_back_or_is_lost(people, pipeline):
    pk = arrives(pipeline)
    for name in ("Pending approval", "In progress", "Lost"):
        deals.move_deals(deal_ids=[pk], to=make.stage_of(pipeline, name), by=by(people.ana))

    assert journey(pk).furthest_id == make.stage_of(pipeline, "Pending approval").pk


def test_another_pipeline_begins_anew(people, pipeline):
    other = make.pipeline(name="Courses")
    pk = arrives(pipeline)
    deals.move_deals(deal_ids=[pk], to=make.stage_of(pipeline, "Pending approval"), by=RULE)
    follow()
    deals.move_deals(deal_ids=[pk], to=make.stage_of(other, "New"), by=RULE)

    assert journey(pk).furthest_id == make.stage_of(other, "New").pk


def test_events_that_come_twice_change_nothing(people, pipeline):
    pk = arrives(pipeline)
    timeline.add_comment(text="Hello.", by=people.ana, deal_id=pk)
    follow()
    before = Journey.objects.values().get()
    follow()

    assert Journey.objects.values().get() == before


def test_rebuilding_from_the_log_gives_the_same(people, pipeline):
    answered, moved, _ = (arrives(pipeline) for _ in range(3))
    timeline.add_comment(text="Hello.", by=people.ana, deal_id=answered)
    for name in ("Pending approval", "Lost"):
        deals.move_deals(deal_ids=[moved], to=make.stage_of(pipeline, name), by=by(people.bruno))
    follow()
    names = ("deal_id", "opened_at", "furthest_id", "is_waiting", "answered_at", "answered_by_id")
    kept = list(Journey.objects.order_by("deal_id").values(*names))
    Journey.objects.all().delete()

    services.rebuild()

    assert list(Journey.objects.order_by("deal_id").values(*names)) == kept
    assert [row["is_waiting"] for row in kept] == [False, False, True]


def test_an_answer_before_the_clock_of_the_deal_is_not_counted_backwards(people, pipeline):
    pk = arrives(pipeline)
    make.Deal.objects.filter(pk=pk).update(created_at=clock.now() + dt.timedelta(hours=1))
    timeline.add_comment(text="Early.", by=people.ana, deal_id=pk)

    assert journey(pk).answered_at is None
