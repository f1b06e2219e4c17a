"""What cannot run is not published, and says why: people, tags and stages that are gone, and odd shapes (S-COND)."""

from __future__ import annotations

import pytest

from afluente.accounts.models import Action, Area, Membership, Reach, Rights, Role
from afluente.accounts.services import create_role
from afluente.automation import services
from afluente.contacts.models import Tag
from afluente.deals.models import Pipeline, Stage
from afluente.kernel import clock
from tests import make
from tests.automation.arranging import lines, open_in, publish, rule, work
from tests.deals.test_api import Program

pytestmark = pytest.mark.django_db
GONE = "What was chosen is gone: choose again."


@pytest.fixture
def stage(people):
    return make.stage(pipeline=make.pipeline(), name="S")


def refusal(stage, people, action: str, **params) -> list[str]:
    """What publishing says of one rule; nothing when it is published."""
    definition = services.arrange_rules(stage=stage, rules=[rule("a", action, params=params)])
    try:
        services.publish_rules(definition=definition, by=people.ana)
    except services.NotPublishableError as wrong:
        return wrong.problems[0]
    return []


def test_a_rule_on_a_person_who_left_is_not_published_while_nobody_else_is_meant(stage, people):
    here, left = people.bruno.pk, people.carla.pk
    Membership.objects.filter(pk=left).update(is_active=False)

    assert refusal(stage, people, "assign", member=left) == [f"member: {GONE}"]
    assert refusal(stage, people, "assign", member=here, fallback=left) == [f"fallback: {GONE}"]
    assert refusal(stage, people, "assign", how="turn", members=[left]) == [f"members: {GONE}"]
    assert refusal(stage, people, "assign", how="turn", members=[left, here], member=left) == []
    assert refusal(stage, people, "assign", member=None) == []
    assert refusal(stage, people, "notify", to=[f"member:{left}"], text="x") == [f"to: {GONE}"]
    assert refusal(stage, people, "notify", to=[f"member:{left}", "responsible"], text="x") == []
    assert refusal(stage, people, "task", title="x", to=[f"member:{left}"]) == [f"to: {GONE}"]


def test_a_rule_on_tags_that_are_gone_is_not_published(stage, people):
    tag = Tag.objects.create(name="Client", created_at=clock.now())
    assert refusal(stage, people, "add_tags", tags=[tag.pk, 999_999]) == []
    assert refusal(stage, people, "add_tags", tags=[999_999]) == [f"tags: {GONE}"]


def test_a_rule_that_converts_leads_is_not_published_where_deals_are_and_fails_in_words(stage, people):
    said = "Only leads become something: this pipeline has deals."
    assert refusal(stage, people, "convert", contact=True) == [said]

    leads = make.pipeline(name="Leads")
    Pipeline.objects.filter(pk=leads.pk).update(kind=Pipeline.Kind.LEAD)
    first, won = (
        Stage.objects.filter(pipeline=leads, kind=kind).order_by("position")[0] for kind in ("open", "won")
    )
    publish(first, rule("c", "convert", params={"contact": True}))
    lead = open_in(first)
    Pipeline.objects.filter(pk=leads.pk).update(kind=Pipeline.Kind.DEAL)
    work()
    assert lines(lead) == ["c failed no_lead"]

    Pipeline.objects.filter(pk=leads.pk).update(kind=Pipeline.Kind.LEAD)
    publish(first, rule("c", "convert", params={"stage": won.pk}))
    other = open_in(first)
    work()
    assert lines(other) == ["c failed target_gone"]


def test_the_editor_offers_to_convert_where_leads_are(stage, people, client_as):
    address = f"/deals/stages/{stage.pk}/rules/new/"
    assert 'value="convert"' not in client_as(people.ana).get(address).content.decode()
    Pipeline.objects.filter(pk=stage.pipeline_id).update(kind=Pipeline.Kind.LEAD)
    assert 'value="convert"' in client_as(people.ana).get(address).content.decode()


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("notify", {"to": [{"a": 1}], "text": "x"}),
        ("end_tasks", {"whose": ["x"]}),
        ("add_tags", {"tags": [1], "on": ["x"]}),
        ("modify", {"changes": [{"field": "name", "from": ["x"]}]}),
        ("notify", {"to": ["member:²"], "text": "x"}),
    ],
)
def test_a_program_that_tells_an_action_something_odd_is_refused(stage, people, action, params):
    program = Program(people.ana, "deals:read", "deals:write")
    odd = {"id": "r", "action": action, "params": params}
    assert program.send("put", f"stages/{stage.pk}/rules", {"rules": [odd]}).status_code == 200
    answer = program.send("post", f"stages/{stage.pk}/rules/publication", {})

    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "rules[0]"


def test_a_rule_does_nothing_that_whoever_publishes_it_may_not_do(stage, people):
    arranges = ((Area.DEALS, Action.VIEW), (Area.DEALS, Action.EDIT), (Area.PIPELINES, Action.CONFIGURE))
    role = create_role(name="Arranges", rights=Rights(dict.fromkeys(arranges, Reach.ALL)), by=people.ana)
    people.bruno.role, people.bruno.custom_role = Role.CUSTOM, role
    people.bruno.save()
    for action, params, said in (
        ("delete", {}, ["You may not delete deals."]),
        ("open_deal", {"stage": stage.pk}, ["You may not open deals."]),
        ("comment", {"text": "x"}, []),
    ):
        definition = services.arrange_rules(stage=stage, rules=[rule("a", action, params=params)])
        try:
            services.publish_rules(definition=definition, by=people.bruno)
            found = []
        except services.NotPublishableError as wrong:
            found = wrong.problems[0]
        assert found == said
