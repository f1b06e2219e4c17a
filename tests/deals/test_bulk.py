"""Many deals changed as one act: by number or all that a filter finds, by jobs, and taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from afluente.contacts import services as contacts
from afluente.contacts.models import BulkChange
from afluente.contacts.services import bulk as engine
from afluente.contacts.services.bulk_shapes import Change
from afluente.deals import jobs, services
from afluente.deals.models import Deal
from afluente.deals.selectors.picking import DealSelection
from afluente.deals.services import bulk_asking
from afluente.deals.services.due import due_on
from afluente.kernel import clock
from afluente.timeline.events import SYSTEM, Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def pipeline(people):
    return make.pipeline()


@pytest.fixture
def dora(people):
    return people.dora


@pytest.fixture
def by(dora):
    return Actor("member", dora.pk, "Dora")


def all_of(pipeline, rest=""):
    return DealSelection.read(QueryDict(f"all=1&query=pipeline%3D{pipeline.pk}{rest}"))


def picked(*deals):
    return DealSelection(ids=tuple(deal.pk for deal in deals))


def test_a_few_change_at_once_and_those_that_lack_something_stay(dora, by, pipeline):
    stage = services.change_stage(
        stage_id=make.stage_of(pipeline, "In progress").pk,
        changes={"required": ["amount", "person"]},
        by=SYSTEM,
    )
    full, bare = make.deal(amount=5, contacts=(make.contact(),)), make.deal(amount=5)
    there = make.deal(stage=stage, amount=5, contacts=(make.contact(),))

    done = services.change_deals(
        selection=picked(full, bare, there), change=Change("stage", value=[stage.pk, ""]), member=dora, by=by
    )

    assert (done.changed, done.same, done.refused) == (1, 1, 1)
    assert set(Deal.objects.filter(stage=stage)) == {full, there}
    assert Event.objects.filter(kind="deal.moved").count() == 1


def test_all_that_match_are_changed_by_jobs_whose_steps_survive_a_death(dora, by, pipeline, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 2)
    target = make.stage_of(pipeline, "In progress")
    deals = [make.deal(stage=make.stage_of(pipeline), amount=n) for n in range(5)]
    closed = make.deal(stage=make.stage_of(pipeline, "Won"))

    begun = services.change_deals(
        selection=all_of(pipeline),
        change=Change("stage", value=[target.pk, ""]),
        member=dora,
        by=by,
        at_once=1,
    )
    late = make.deal(stage=make.stage_of(pipeline))
    assert begun.is_busy
    jobs.change_many(bulk_id=begun.pk)

    assert Deal.objects.filter(stage=target).count() == 2
    while BulkChange.objects.get(pk=begun.pk).is_busy:
        jobs.change_many(bulk_id=begun.pk)
    jobs.change_many(bulk_id=begun.pk)  # a job that comes twice does nothing

    assert set(Deal.objects.filter(stage=target)) == set(deals)
    assert not Deal.objects.filter(stage=target, pk__in=[late.pk, closed.pk]).exists()
    assert BulkChange.objects.get(pk=begun.pk).changed == 5
    back = engine.undo_bulk(bulk_id=begun.pk, by=by, at_once=1)
    assert back is not None
    while BulkChange.objects.get(pk=begun.pk).is_busy:
        jobs.undo_many(bulk_id=begun.pk)
    assert not Deal.objects.filter(stage=target).exists()
    assert BulkChange.objects.get(pk=begun.pk).restored == 5


def test_the_filter_of_the_list_says_who_is_meant(dora, by, pipeline, people):
    mine = make.deal(assignee=people.dora)
    make.deal(assignee=people.ana)
    selection = all_of(pipeline, "%26where%3Dassignee.is%253Ame")

    done = services.change_deals(
        selection=selection, change=Change("assignee", value=people.bruno.pk), member=dora, by=by
    )

    assert done.changed == 1
    assert Deal.objects.get(assignee=people.bruno) == mine


@pytest.mark.parametrize("kind", ["assignee", "type", "due", "field", "delete"])
def test_every_kind_is_told_once_for_each_deal_and_taken_back_exactly(dora, by, pipeline, people, kind):
    field = contacts.create_field(entity="deal", name="Note", by=SYSTEM)
    kinds = [services.create_type(name=name, by=SYSTEM) for name in ("Sale", "Resale")]
    due = due_on(clock.now().date())
    deals = [make.deal(assignee=people.bruno, type=kinds[0]), make.deal(due_at=clock.now())]
    services.fill_values(given={deals[0].pk: {field.pk: "before"}}, by=SYSTEM)
    change = {
        "assignee": Change("assignee", value=people.ana.pk),
        "type": Change("type", value=kinds[1].pk),
        "due": Change("due", value=[due.at.isoformat(), True, 60]),
        "field": Change("field", value="after", field=field.pk),
        "delete": Change("delete", value=False),
    }[kind]
    columns = ("pk", "assignee_id", "type_id", "due_at", "is_due_day", "remind_before", "deleted_at")

    def state():
        return [
            (*row, list(Deal.objects.get(pk=row[0]).values.values_list("text", flat=True)))
            for row in Deal.objects.order_by("pk").values_list(*columns)
        ]

    before = state()
    seen = Event.objects.count()

    preview = bulk_asking.preview(selection=picked(*deals), change=change, member=dora)
    done = services.change_deals(selection=picked(*deals), change=change, member=dora, by=by)

    assert preview.changed == done.changed == 2
    assert all(bulk_asking.words_of(change).strip() for _ in range(1))
    assert Event.objects.count() == seen + 2
    assert state() != before
    engine.undo_bulk(bulk_id=done.pk, by=by)
    assert state() == before


def test_the_values_of_many_are_written_in_one_statement(dora, by, pipeline):
    def give(count, value):
        deals = [make.deal(amount=n) for n in range(count)]
        with CaptureQueriesContext(connection) as asked:
            services.change_deals(
                selection=picked(*deals), change=Change("amount", value=value), member=dora, by=by
            )
        assert set(
            Deal.objects.filter(pk__in=[one.pk for one in deals]).values_list("amount", flat=True)
        ) == {Decimal(value)}
        return len(asked)

    give(1, "11")

    assert give(2, "12") == give(30, "13")


def test_the_board_offers_the_same_changes_and_goes_back_to_the_board(client_as, people, pipeline):
    deal, other = make.deal(), make.deal()
    picks = {"id": [deal.pk, other.pk], "pipeline": pipeline.pk}
    browser = client_as(people.dora)

    page = browser.get(f"/deals/pipelines/{pipeline.pk}/").content.decode()
    form = browser.post("/deals/bulk/", {**picks, "do": "edit:amount"}).content.decode()
    done = browser.post("/deals/bulk/", {**picks, "do": "run", "what": "amount", "typed": "70"})

    assert 'data-opens="bulk-dialog"' in page
    assert 'id="bulk-form"' in page
    assert 'name="list"' not in form
    assert done.headers["Location"] == f"/deals/pipelines/{pipeline.pk}/"
    assert set(Deal.objects.values_list("amount", flat=True)) == {Decimal(70)}


def test_what_somebody_changed_since_stays(dora, by, pipeline, people):
    one, two = make.deal(), make.deal()
    done = services.change_deals(
        selection=picked(one, two), change=Change("assignee", value=people.ana.pk), member=dora, by=by
    )
    services.assign_deals(deal_ids=[one.pk], assignee=people.bruno, by=SYSTEM)

    back = engine.undo_bulk(bulk_id=done.pk, by=by)

    assert (back.restored, back.kept) == (1, 1)
    assert Deal.objects.get(pk=one.pk).assignee == people.bruno
    assert Deal.objects.get(pk=two.pk).assignee is None


def test_the_form_asks_looks_and_does(client_as, people, pipeline):
    browser = client_as(people.dora)
    lost = make.stage_of(pipeline, "Lost")
    deals = [make.deal(name=f"Deal {n}") for n in range(3)]
    ids = ",".join(str(deal.pk) for deal in deals)
    url = "/deals/bulk/"

    form = browser.post(url, {"ids": ids, "do": "edit:stage"}, headers=HTMX).content.decode()
    looked = browser.post(
        url, {"ids": ids, "do": "preview", "what": "stage", "typed": lost.pk, "reason": "Price"}
    ).content.decode()
    nothing = browser.post(url, {"ids": ids, "do": "preview", "what": "due", "op": "set"}).content.decode()
    browser.post(url, {"ids": ids, "do": "run", "what": "stage", "typed": lost.pk, "reason": "Price"})

    assert "3 deals are picked" in form
    assert "3 deals will change" in looked
    assert "Price" in looked
    assert "Choose a day" in nothing
    assert set(Deal.objects.values_list("stage_id", "lost_reason")) == {(lost.pk, "Price")}
    (change,) = BulkChange.objects.all()
    assert "3 deals moved" in browser.get(f"/deals/bulk/{change.pk}/").content.decode()
    assert "Stage: " in browser.get(url).content.decode()
    assert "Stage: " not in browser.get("/contacts/bulk/").content.decode()
    assert client_as(people.ana).get(f"/deals/bulk/{change.pk}/").status_code == 404


def test_more_than_some_hundreds_wait_for_the_worker(client_as, people, pipeline, monkeypatch):
    monkeypatch.setattr(engine, "AT_ONCE", 2)
    for _ in range(3):
        make.deal()
    stage = make.stage_of(pipeline, "In progress")

    answer = client_as(people.dora).post(
        "/deals/bulk/",
        {"all": "1", "query": f"pipeline={pipeline.pk}", "act": "move", "stage": stage.pk},
        headers=HTMX,
    )

    (begun,) = BulkChange.objects.all()
    assert answer.headers["HX-Redirect"] == f"/deals/bulk/{begun.pk}/"
    page = client_as(people.dora).get(f"/deals/bulk/{begun.pk}/").content.decode()
    assert "every 1s" in page


@pytest.mark.parametrize(
    "asked",
    [
        {"what": "stage", "typed": "x"},
        {"what": "assignee", "typed": "999999"},
        {"what": "type", "typed": "999999"},
        {"what": "field-999", "typed": "x"},
        {"what": "", "typed": ""},
    ],
)
def test_nonsense_is_answered_with_what_to_do(client_as, people, pipeline, asked):
    deal = make.deal()

    page = client_as(people.dora).post("/deals/bulk/", {"id": deal.pk, "do": "run", **asked})

    assert page.status_code == 200
    assert not BulkChange.objects.exists()
