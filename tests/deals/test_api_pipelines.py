"""Pipelines, stages, types, reasons and changes of many deals over the REST API."""

from __future__ import annotations

import pytest

from afluente.contacts import services as contacts
from afluente.deals.models import Deal, DealType, LostReason, Stage
from afluente.deals.services import emptying
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make
from tests.deals.test_api import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(people):
    return make.pipeline()


@pytest.fixture
def program(people, pipeline):
    return Program(people.ana, "deals:read", "deals:write")


def test_a_pipeline_is_made_changed_ordered_and_ended(program, people, pipeline):
    made = program.send("post", "pipelines", {"name": "Leads", "kind": "lead", "color": 3})
    number = made.json()["id"]
    stage = made.json()["stages"][0]["id"]

    changed = program.send(
        "patch",
        f"pipelines/{number}",
        {"asks_lost_reason": True, "default_assignee_id": people.bruno.pk, "stage_on_new_id": stage},
    ).json()
    order = program.send("post", "pipelines/order", {"ids": [number, pipeline.pk]}).json()
    deal = make.deal(stage=Stage.objects.get(pk=stage))
    unplaced = program.send("delete", f"pipelines/{number}", {})
    target = make.stage_of(pipeline)
    ended = program.send("delete", f"pipelines/{number}?to_stage_id={target.pk}", {})

    assert (made.status_code, made.json()["kind"], made.json()["currency"]) == (201, "lead", "BRL")
    assert (changed["name"], changed["asks_lost_reason"], changed["stage_on_new_id"]) == (
        "Leads",
        True,
        stage,
    )
    assert changed["default_assignee_id"] == people.bruno.pk
    assert [one["id"] for one in order["items"]] == [number, pipeline.pk]
    assert (unplaced.status_code, unplaced.json()["error"]["field"]) == (422, "to_stage_id")
    assert ended.json() == {"moved": 1, "is_running": False}
    assert Deal.objects.get(pk=deal.pk).stage == target
    assert program.get(f"pipelines/{number}").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " "}, "name"),
        ({"currency": "XXQ"}, "currency"),
        ({"icon": "nothing"}, "icon"),
        ({"default_assignee_id": 99_999}, "default_assignee_id"),
        ({"stage_on_paid_id": 99_999}, "stage_on_paid_id"),
    ],
)
def test_what_a_pipeline_cannot_be_is_named(program, pipeline, body, field):
    answer = program.send("patch", f"pipelines/{pipeline.pk}", body)

    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert not Event.objects.filter(kind="pipeline.changed").exists()


def test_a_stage_of_another_pipeline_is_refused(program, pipeline):
    foreign = make.stage_of(make.pipeline(name="Other"))

    answer = program.send("patch", f"pipelines/{pipeline.pk}", {"stage_on_paid_id": foreign.pk})

    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "stage_on_paid_id")


def test_stages_are_made_changed_ordered_and_ended(program, pipeline, monkeypatch):
    made = program.send(
        "post",
        f"pipelines/{pipeline.pk}/stages",
        {"name": "Visit", "color": 2, "probability": 70, "required": ["amount"]},
    )
    number = made.json()["id"]
    twice = program.send("post", f"pipelines/{pipeline.pk}/stages", {"name": "visit"})
    changed = program.send("patch", f"stages/{number}", {"name": "Site visit", "stale_after_days": 9}).json()
    first = program.send("post", f"pipelines/{pipeline.pk}/stages/order", {"ids": [number]}).json()["stages"]
    wrong = program.send("patch", f"stages/{number}", {"required": ["nothing"]})
    won = make.stage_of(pipeline, "Won")
    protected = program.send("delete", f"stages/{won.pk}", {})
    monkeypatch.setattr(emptying, "AT_ONCE", 1)
    for _ in range(2):
        make.deal(stage=Stage.objects.get(pk=number))
    ended = program.send("delete", f"stages/{number}?to_stage_id={make.stage_of(pipeline).pk}", {})

    assert (made.status_code, made.json()["color"], made.json()["probability"]) == (201, 2, 70)
    assert (twice.status_code, twice.json()["error"]["field"]) == (422, "name")
    assert (changed["name"], changed["color"], changed["stale_after_days"]) == ("Site visit", 2, 9)
    assert changed["required"] == ["amount"]
    assert first[0]["id"] == number
    assert [one["kind"] for one in first[-2:]] == ["won", "lost"]
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (422, "required")
    assert protected.status_code == 422
    assert ended.json() == {"moved": 0, "is_running": True}
    assert number not in [one["id"] for one in program.get(f"pipelines/{pipeline.pk}").json()["stages"]]


@pytest.mark.parametrize("path", ["deal-types", "lost-reasons"])
def test_types_and_reasons_are_arranged(program, path):
    model = {"deal-types": DealType, "lost-reasons": LostReason}[path]
    model.objects.all().delete()
    one = program.send("post", path, {"name": "One"}).json()["id"]
    two = program.send("post", path, {"name": "Two"}).json()["id"]
    taken = program.send("post", path, {"name": "ONE"})
    renamed = program.send("patch", f"{path}/{one}", {"name": "First"}).json()
    away = program.send("patch", f"{path}/{one}", {"is_archived": True}).json()
    ordered = program.send("post", f"{path}/order", {"ids": [two, one]}).json()["items"]
    gone = program.send("delete", f"{path}/{two}", {})

    assert (taken.status_code, taken.json()["error"]["field"]) == (422, "name")
    assert (renamed["name"], away["is_archived"], away["name"]) == ("First", True, "First")
    assert [item["id"] for item in ordered] == [two, one]
    assert gone.status_code == 204
    assert [item["id"] for item in program.get(path).json()["items"]] == [one]
    assert program.send("patch", f"{path}/999999", {"name": "x"}).status_code == 404


def test_whoever_may_not_set_up_reads_only(people, pipeline):
    program = Program(people.carla, "deals:read", "deals:write")
    stage = make.stage_of(pipeline)

    assert program.get("pipelines").status_code == 200
    for method, path, body in (
        ("post", "pipelines", {"name": "x"}),
        ("patch", f"pipelines/{pipeline.pk}", {"name": "x"}),
        ("delete", f"pipelines/{pipeline.pk}", {}),
        ("post", f"pipelines/{pipeline.pk}/stages", {"name": "x"}),
        ("patch", f"stages/{stage.pk}", {"name": "x"}),
        ("delete", f"stages/{stage.pk}", {}),
        ("post", "deal-types", {"name": "x"}),
        ("post", "lost-reasons", {"name": "x"}),
    ):
        assert program.send(method, path, body).status_code == 403, path


def test_many_deals_are_looked_at_changed_and_taken_back(program, people, pipeline):
    contacts.create_field(entity="deal", name="Note", by=SYSTEM)
    stage = make.stage_of(pipeline, "In progress")
    deals = [make.deal(amount=n) for n in range(3)]
    ids = [deal.pk for deal in deals]
    path = "deals/bulk-changes"
    moving = {"what": "stage", "value": stage.pk}

    looked = program.send("post", f"{path}/preview", {"deals": {"deal_ids": ids}, "change": moving}).json()
    begun = program.send(
        "post",
        path,
        {"deals": {"where": ["amount.gte:1"], "pipeline_id": pipeline.pk}, "change": moving},
    )
    noted = program.send(
        "post",
        path,
        {"deals": {"deal_ids": ids}, "change": {"what": "field", "field": "Note", "value": "Hello"}},
    ).json()
    due = program.send(
        "post", path, {"deals": {"deal_ids": ids}, "change": {"what": "due", "value": "2031-01-31"}}
    ).json()

    assert (looked["changed"], len(looked["sample"])) == (3, 3)
    assert (begun.status_code, begun.json()["changed"], begun.json()["state"]) == (201, 2, "done")
    assert noted["changed"] == due["changed"] == 3
    assert set(Deal.objects.values_list("values__text", flat=True)) == {"Hello"}
    assert Deal.objects.filter(is_due_day=True).count() == 3
    back = program.send("post", f"{path}/{begun.json()['id']}/undo", {}).json()
    again = program.send("post", f"{path}/{begun.json()['id']}/undo", {})
    assert (back["restored"], again.status_code) == (2, 422)
    assert not Deal.objects.filter(stage=stage).exists()
    assert len(program.get(path).json()["items"]) == 3
    assert program.get(f"{path}/{noted['id']}").json()["change"] == "Note: Hello"


@pytest.mark.parametrize(
    "change",
    [
        {"what": "stage", "value": "x"},
        {"what": "stage", "value": 99_999},
        {"what": "assignee", "value": 99_999},
        {"what": "due", "value": "some day"},
        {"what": "field", "field": "Nothing", "value": 1},
        {"what": "type", "op": "add", "value": 1},
    ],
)
def test_a_change_that_cannot_be_is_refused(program, change):
    deal = make.deal()

    answer = program.send("post", "deals/bulk-changes", {"deals": {"deal_ids": [deal.pk]}, "change": change})

    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "change.value")


def test_somebody_who_left_is_given_nothing(program, people):
    deal = make.deal()
    people.bruno.is_active = False
    people.bruno.save()

    answer = program.send(
        "post",
        "deals/bulk-changes",
        {"deals": {"deal_ids": [deal.pk]}, "change": {"what": "assignee", "value": people.bruno.pk}},
    )

    assert answer.status_code == 422
