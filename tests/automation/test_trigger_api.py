"""Triggers over the REST API, and what a deal shows of them."""

from __future__ import annotations

import pytest

from afluente.automation.models import Trigger
from afluente.tasks import services as tasks
from afluente.timeline.events import SYSTEM
from afluente.transfer.models import ExternalId
from tests import make
from tests.automation.arranging import open_in, stage_of, work
from tests.deals.test_api import Program


@pytest.fixture
def stages(people):
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=name, position=10 + n) for n, name in enumerate("AB")]


@pytest.fixture
def program(people):
    return Program(people.ana, "deals:read", "deals:write")


def test_a_trigger_is_made_changed_moved_ordered_and_deleted(program, stages):
    path = f"stages/{stages[1].pk}/triggers"
    made = program.send("post", path, {"kind": "task_status", "params": {"status": "done"}})
    other = program.send("post", path, {"kind": "webhook", "title": "From the shop"}).json()

    assert made.status_code == 201
    assert made.json()["address"] == ""
    assert "/hooks/trigger/" in other["address"]
    first = made.json()["id"]
    program.send("put", f"{path}/order", {"trigger_ids": [other["id"], first]})
    assert [one["id"] for one in program.get(path).json()["items"]] == [other["id"], first]

    changed = program.send(
        "patch", f"triggers/{first}", {"allows_back": True, "stage_id": stages[0].pk}
    ).json()
    assert (changed["allows_back"], changed["params"], changed["stage_id"]) == (
        True,
        {"status": "done"},
        stages[0].pk,
    )
    renewed = program.send("post", f"triggers/{other['id']}/address", {}).json()
    assert renewed["address"] != other["address"]
    assert program.send("delete", f"triggers/{first}", {}).status_code == 204
    assert program.get(f"triggers/{first}").status_code == 404


def test_what_triggers_may_wait_for_is_told(program):
    kinds = {one["kind"]: one for one in program.get("trigger-kinds").json()["items"]}

    assert {"deal_opened", "field_changed", "form_submitted", "webhook", "task_status"} <= set(kinds)
    assert kinds["task_status"] == {
        "kind": "task_status",
        "label": "Task reached a status",
        "params": ["status"],
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "flying"}, "kind"),
        ({"kind": "field_changed", "params": {"field": "gone"}}, "params"),
        ({"kind": "task_added", "where": ["gone.is:1"]}, "where"),
        ({"kind": "task_added", "on_behalf_of_id": 999999}, "on_behalf_of_id"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(program, stages, body, field):
    answer = program.send("post", f"stages/{stages[0].pk}/triggers", body)

    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert not Trigger.objects.exists()


def test_whoever_may_not_configure_pipelines_sees_no_address_and_changes_nothing(people, program, stages):
    path = f"stages/{stages[0].pk}/triggers"
    made = program.send("post", path, {"kind": "webhook"}).json()
    bruno = Program(people.bruno, "deals:read", "deals:write")

    assert bruno.get(f"triggers/{made['id']}").json()["address"] == ""
    for method, where in (
        ("post", path),
        ("put", f"{path}/order"),
        ("patch", f"triggers/{made['id']}"),
        ("delete", f"triggers/{made['id']}"),
        ("post", f"triggers/{made['id']}/address"),
    ):
        body = {"kind": "webhook"} if where == path else {"trigger_ids": []} if "order" in where else {}
        assert bruno.send(method, where, body).status_code == 403


def test_what_triggers_did_is_told_by_the_api_and_on_the_deal(program, client_as, people, stages):
    program.send(
        "post", f"stages/{stages[0].pk}/triggers", {"kind": "task_added", "title": "Somebody has work"}
    )
    ahead, behind = open_in(stages[1]), open_in(make.stage(pipeline=stages[0].pipeline, name="0", position=1))
    for deal in (ahead, behind):
        tasks.create_tasks(tasks=[tasks.NewTask(title="Call", deal_ids=[deal.pk])], by=SYSTEM)
    work()

    told = [program.get(f"deals/{deal.pk}/firings").json()["items"] for deal in (ahead, behind)]
    assert [(one["state"], one["reason"]) for (one,) in told] == [("passed", "behind"), ("moved", "")]
    html = client_as(people.ana).get(f"/deals/{ahead.pk}/", {"tab": "automation"}).content.decode()
    assert "Somebody has work" in html
    assert "The deal had gone further" in html
    assert program.get("deals/999999/firings").status_code == 404


def test_a_call_names_its_person_by_the_number_in_another_system(program, client, stages):
    made = program.send("post", f"stages/{stages[1].pk}/triggers", {"kind": "webhook"}).json()
    lia = make.contact(name="Lia")
    ExternalId.objects.create(system="shop", value="A-7", contact_id=lia.pk)
    deal = open_in(stages[0], contact_ids=[lia.pk])
    path = made["address"].partition("://")[2].partition("/")[2]
    answer = client.post(f"/{path}", {"external_id": "A-7", "system": "shop"})
    work()

    assert (answer.status_code, stage_of(deal)) == (202, "B")
