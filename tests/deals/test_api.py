"""Deals over the REST API."""

import json

import pytest

from afluente.accounts.models import ApiToken
from afluente.contacts import services as contacts
from afluente.deals import services
from afluente.kernel import ids
from afluente.timeline.events import SYSTEM, Actor
from afluente.timeline.models import Event
from tests import cast, make


class Program:
    """Another program with a token."""

    def __init__(self, member, *scopes):
        secret = ids.random_text(40)
        text = f"af_{member.workspace_id}_{secret}"
        ApiToken.objects.create(
            name="Exporter", digest=ids.digest(text), hint="abcd", scopes=list(scopes), created_by=member
        )
        self.headers = {"Authorization": f"Bearer {text}"}
        self.client = cast.Browser()

    def get(self, path, **query):
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def send(self, method, path, body):
        call = getattr(self.client, method)
        return call(
            f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=self.headers
        )


@pytest.fixture
def program(people):
    return Program(people.ana, "deals:read", "deals:write")


def test_deals_are_read_a_page_at_a_time_newest_first(program):
    deals = [make.deal(name=f"Deal {n}") for n in range(3)]

    first = program.get("deals", limit=2).json()
    second = program.get("deals", limit=2, cursor=first["next"]).json()

    assert [item["id"] for item in first["items"] + second["items"]] == [deal.pk for deal in reversed(deals)]
    assert second["next"] is None


def test_deals_are_filtered_by_stage_status_and_assignee(program, people):
    pipeline = make.pipeline()
    mine = make.deal(stage=make.stage_of(pipeline), assignee=people.bruno)
    won = make.deal(stage=make.stage_of(pipeline, "Won"))

    assert [item["id"] for item in program.get("deals", assignee_id=people.bruno.pk).json()["items"]] == [
        mine.pk
    ]
    assert [item["id"] for item in program.get("deals", status="won").json()["items"]] == [won.pk]
    other = make.stage_of(pipeline, "Lost")
    assert program.get("deals", stage_id=other.pk).json() == {"items": [], "next": None}


def test_a_deal_says_what_it_is(program, people):
    contact = make.contact()
    deal = make.deal(amount=1200, contacts=(contact,), assignee=people.bruno)

    item = program.get(f"deals/{deal.pk}").json()

    assert (item["amount"], item["status"], item["contact_ids"]) == ("1200", "open", [contact.pk])
    assert item["assignee_id"] == people.bruno.pk


def test_a_change_sets_only_what_it_names(program):
    deal = make.deal(name="Oak kitchen", amount=1200)

    answer = program.send("patch", f"deals/{deal.pk}", {"amount": "1500.50"})

    assert answer.json()["amount"] == "1500.5"
    assert answer.json()["name"] == "Oak kitchen"
    event = Event.objects.get(kind="deal.changed")
    assert event.data == {"amount": ["1200", "1500.5"]}
    assert (event.actor_kind, event.actor_name) == ("token", "Exporter")


@pytest.mark.parametrize(
    "body, field",
    [
        ({"name": "  "}, "name"),
        ({"amount": "much"}, "amount"),
        ({"amount": -1}, "amount"),
        ({"currency": "XXQ"}, "currency"),
        ({"assignee_id": 99999}, "assignee_id"),
        ({"stage": 1}, "stage"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_by_field(program, body, field):
    deal = make.deal(name="Oak kitchen")

    answer = program.send("patch", f"deals/{deal.pk}", body)

    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field
    assert not Event.objects.exists()


def test_a_move_goes_through_the_one_way_into_a_stage(program):
    pipeline = make.pipeline()
    deal = make.deal(stage=make.stage_of(pipeline))

    answer = program.send("post", f"deals/{deal.pk}/moves", {"stage_id": make.stage_of(pipeline, "Won").pk})

    deal.refresh_from_db()
    assert answer.json()["status"] == "won"
    assert (deal.stage_epoch, deal.is_open) == (2, False)
    assert Event.objects.get(kind="deal.moved").actor_kind == "token"


def test_a_move_that_somebody_came_before_is_a_conflict_when_the_program_says_what_it_saw(program, people):
    pipeline = make.pipeline()
    seen, won, lost = (make.stage_of(pipeline, *name) for name in ((), ("Won",), ("Lost",)))
    deal = make.deal(stage=seen)
    asked = {"stage_id": won.pk, "seen_stage_id": seen.pk}
    by = Actor("member", people.bruno.pk, "Bruno Lima")
    services.move_deals(deal_ids=[deal.pk], to=lost, by=by)

    refused = program.send("post", f"deals/{deal.pk}/moves", asked)
    deal.refresh_from_db()

    assert (refused.status_code, deal.stage_id) == (409, lost.pk)
    assert refused.json()["error"]["code"] == "conflict"
    assert refused.json()["error"]["message"] == f"Bruno Lima moved it meanwhile: it is in {lost.name}."
    again = program.send("post", f"deals/{deal.pk}/moves", {**asked, "seen_stage_id": lost.pk})
    assert (again.status_code, again.json()["status"]) == (200, "won")


def test_an_unknown_stage_is_refused_and_nothing_moves(program):
    deal = make.deal()

    answer = program.send("post", f"deals/{deal.pk}/moves", {"stage_id": 987654})

    deal.refresh_from_db()
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "stage_id")
    assert deal.stage_epoch == 1


def test_deals_of_another_workspace_do_not_exist(program, stranger):
    with cast.outside(), cast.scope(stranger.workspace_id):
        foreign = make.deal()

    assert program.get(f"deals/{foreign.pk}").status_code == 404
    assert program.send("patch", f"deals/{foreign.pk}", {"name": "Mine"}).status_code == 404


def test_pipelines_come_with_their_stages(program):
    make.pipeline(name="Sales")

    (pipeline,) = program.get("pipelines").json()["items"]

    assert [stage["kind"] for stage in pipeline["stages"]] == ["open", "open", "open", "won", "lost"]


def test_a_token_that_may_only_read_changes_nothing(people):
    reader = Program(people.ana, "deals:read")
    deal = make.deal(name="Oak kitchen")

    answer = reader.send("patch", f"deals/{deal.pk}", {"name": "Pine kitchen"})

    deal.refresh_from_db()
    assert (answer.status_code, deal.name) == (403, "Oak kitchen")


def test_a_cursor_of_another_list_is_refused(program):
    make.deal()

    assert program.get("deals", cursor="bm9uc2Vuc2U").status_code == 422


def test_a_source_with_a_hidden_sign_is_no_source(program):
    assert program.get("deals", source="fo\x00rm").status_code == 422


def test_company_due_date_and_fields_are_set_and_read(program, people):
    pipeline = make.pipeline()
    field = contacts.create_field(
        entity="deal", scope_id=pipeline.pk, name="Months", kind="number", by=SYSTEM
    )
    company = contacts.create_company(name="Serra", by=SYSTEM)
    deal = make.deal(stage=make.stage_of(pipeline))
    asked = {
        "company_id": company.pk,
        "due_at": "2031-01-31",
        "remind_before": 1440,
        "attributes": {"Months": 12},
    }

    found = program.send("patch", f"deals/{deal.pk}", asked).json()

    assert (found["company_id"], found["is_due_day"], found["remind_before"]) == (company.pk, True, 1440)
    assert found["due_at"] == "2031-02-01T02:59:59Z"
    assert found["attributes"] == [{"id": field.pk, "name": "Months", "kind": "number", "value": 12}]
    for wrong in (
        {"company_id": 999999},
        {"type_id": 999999},
        {"remind_before": 7},
        {"due_at": "2031-01-31T10:00:00"},
        {"attributes": {"Nothing": 1}},
        {"attributes": {"Months": "x"}, "name": "Not kept"},
    ):
        assert program.send("patch", f"deals/{deal.pk}", wrong).status_code == 422
    assert program.get(f"deals/{deal.pk}").json() == found


def test_a_stage_says_what_it_wants(program, people):
    pipeline = make.pipeline()
    stage = make.stage_of(pipeline, "In progress")
    services.change_stage(stage_id=stage.pk, changes={"required": ["amount"]}, by=SYSTEM)
    deal = make.deal(stage=make.stage_of(pipeline))

    refused = program.send("post", f"deals/{deal.pk}/moves", {"stage_id": stage.pk})

    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "missing")
    (found,) = program.get("pipelines").json()["items"]
    assert (found["kind"], found["stages"][1]["required"]) == ("deal", ["amount"])


def test_a_lead_is_converted_and_taken_back(program, people):
    sales = make.pipeline()
    leads = services.create_pipeline(name="Leads", currency="BRL", kind="lead", by=SYSTEM)
    lead = make.deal(stage=make.stage_of(leads))
    asked = {"person": {"name": "Rita", "email": "rita@example.com"}, "company": "Reis"}

    bad = program.send("post", f"deals/{lead.pk}/conversion", asked | {"stage_id": make.stage_of(leads).pk})
    made = program.send(
        "post", f"deals/{lead.pk}/conversion", asked | {"stage_id": make.stage_of(sales).pk}
    ).json()

    assert bad.status_code == 422
    assert program.get(f"deals/{made['deal_id']}").json()["contact_ids"] == [made["contact_id"]]
    copy = program.send("post", f"deals/{made['deal_id']}/copies", {}).json()
    assert copy["company_id"] == made["company_id"]
    path = f"/api/v1/deals/{lead.pk}/conversion"
    assert program.client.delete(path, headers=program.headers).json()["status"] == "open"
    assert program.client.delete(path, headers=program.headers).status_code == 404
    assert program.get(f"deals/{made['deal_id']}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"type_id": 99999}, "type_id"),
        ({"due": {"at": "never"}}, None),
        ({"assignee_id": 99999}, "assignee_id"),
    ],
)
def test_a_refused_change_leaves_nothing_half_done(program, people, wrong, field):
    deal = make.deal(name="Roof", assignee=people.bruno)
    before = Event.objects.count()

    answer = program.send(
        "patch", f"deals/{deal.pk}", {"assignee_id": people.dora.pk, "name": "Other", **wrong}
    )

    assert answer.status_code == 422
    assert field is None or answer.json()["error"]["field"] == field
    deal.refresh_from_db()
    assert (deal.name, deal.assignee_id) == ("Roof", people.bruno.pk)
    assert Event.objects.count() == before


def test_a_deal_is_not_given_to_somebody_who_left(program, people):
    deal = make.deal(assignee=people.bruno)
    gone = make.member(name="Edu", is_active=False)

    answer = program.send("patch", f"deals/{deal.pk}", {"assignee_id": gone.pk})

    assert answer.status_code == 422
    assert "has left" in answer.content.decode()
    deal.refresh_from_db()
    assert deal.assignee_id == people.bruno.pk
