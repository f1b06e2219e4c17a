"""Rules that open deals for rules that open deals: refused where it is certain, stopped where it comes true (S-LOOP)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from afluente.automation import services
from afluente.automation.engine.limits import DEEPEST, MOST_OF_ROOT
from afluente.automation.models import SHARDS, Step
from afluente.deals.models import Deal
from afluente.timeline.models import Event
from tests import make
from tests.automation.arranging import IN_A_DAY, open_in, publish, rule, trigger, work

if TYPE_CHECKING:
    from afluente.deals.models import Stage

pytestmark = pytest.mark.django_db
SMALL = {"where": ["amount.lt:1000"]}


@pytest.fixture
def stages(people) -> list[Stage]:
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}", position=10 + number) for number in range(3)]


def open_deal(name: str, stage: Stage, action: str = "open_deal", **more):
    return rule(name, action, params={"stage": stage.pk}, **more)


def turn(times: int) -> None:
    """As far as so many batches get."""
    for _ in range(times):
        services.route()
        services.run_due(shards=range(SHARDS))


@pytest.mark.parametrize("action", ["open_deal", "copy"])
def test_case_80_a_rule_that_opens_a_deal_where_it_stands_is_not_published(stages, action):
    mine = [rule("note"), open_deal("again", stages[0], action)]
    definition = services.arrange_rules(stage=stages[0], rules=mine)
    with pytest.raises(services.NotPublishableError) as refused:
        services.publish_rules(definition=definition, by=None)

    assert refused.value.problems == {1: ["These rules send every deal round in a circle: S0 → S0."]}


def test_case_80_a_circle_through_a_second_of_two_opened_deals_is_not_published(stages):
    publish(stages[1], rule("on", "move", params={"stage": stages[0].pk}))
    both = [open_deal("aside", stages[2]), open_deal("round", stages[1])]
    definition = services.arrange_rules(stage=stages[0], rules=both)
    with pytest.raises(services.NotPublishableError):
        services.publish_rules(definition=definition, by=None)


def test_what_stands_behind_a_move_leads_nowhere(stages):
    publish(stages[0], rule("on", "move", params={"stage": stages[1].pk}), open_deal("never", stages[0]))


def test_case_81_deals_that_open_deals_end_at_the_depth_of_a_chain(stages):
    publish(stages[0], open_deal("again", stages[0], **SMALL))
    open_in(stages[0])
    turn(40)

    assert Deal.objects.count() == DEEPEST + 2
    last = Step.objects.order_by("-pk").first()
    assert (last.state, last.reason, last.depth) == ("cancelled", "loop_guard", DEEPEST + 1)
    assert Step.objects.values("root_id").distinct().count() == 1


def test_case_81_deals_that_open_two_deals_each_end_at_the_limit_of_a_chain(stages):
    publish(stages[0], open_deal("a", stages[0], **SMALL), open_deal("b", stages[0], "copy", **SMALL))
    open_in(stages[0])
    turn(40)

    applied = Step.objects.filter(state="applied").count()
    assert applied <= MOST_OF_ROOT + 2
    assert Deal.objects.count() == applied + 1
    assert Step.objects.filter(reason="loop_guard").exists()
    assert work() == 0


def test_case_86_volume_is_no_chain_and_each_deal_opens_its_own(stages):
    publish(stages[0], open_deal("a", stages[1]), open_deal("b", stages[1], "copy"))
    publish(stages[1], rule("note"))
    for _ in range(150):
        open_in(stages[0])
    work()

    assert Step.objects.filter(state="applied", rule="note").count() == 300
    assert not Step.objects.exclude(state="applied").exists()


def test_a_trigger_that_hears_of_what_it_caused_through_opened_deals_ends_as_well(stages):
    trigger(stages[1], "deal_opened", hears_rules=True)
    publish(stages[1], open_deal("again", stages[0]))
    open_in(stages[0])
    turn(60)

    assert Deal.objects.count() <= DEEPEST + 2
    assert work() == 0


def test_the_history_of_an_opened_deal_says_what_it_was_made_of(stages):
    publish(stages[0], open_deal("a", stages[1]))
    deal = open_in(stages[0])
    work()

    made = Event.objects.filter(kind="deal.opened").order_by("-pk").first()
    assert made.data["made_of"] == deal.pk


def test_a_circle_that_ends_with_the_same_publication_is_none(stages, people):
    publish(stages[1], rule("back", "move", params={"stage": stages[0].pk}))
    services.arrange_rules(stage=stages[0], rules=[rule("on", "move", params={"stage": stages[1].pk})])
    services.arrange_rules(stage=stages[1], rules=[rule("note")])

    assert len(services.publish_pipeline(pipeline=stages[0].pipeline, by=people.ana)) == 2


def test_a_circle_that_begins_with_the_same_publication_is_refused(stages, people):
    services.arrange_rules(stage=stages[0], rules=[rule("on", "move", params={"stage": stages[1].pk})])
    services.arrange_rules(stage=stages[1], rules=[rule("back", "move", params={"stage": stages[0].pk})])
    with pytest.raises(services.PipelineNotPublishableError):
        services.publish_pipeline(pipeline=stages[0].pipeline, by=people.ana)


def test_whoever_publishes_a_circle_with_a_condition_is_warned(stages, people, client_as):
    services.arrange_rules(
        stage=stages[0], rules=[rule("on", "move", params={"stage": stages[1].pk}, **SMALL), rule("note")]
    )
    services.arrange_rules(stage=stages[1], rules=[rule("back", "move", params={"stage": stages[0].pk})])
    pk = stages[0].pipeline_id
    browser = client_as(people.ana)
    browser.post(f"/deals/pipelines/{pk}/automation/publication/", {})
    page = browser.get(f"/deals/pipelines/{pk}/automation/").content.decode()

    assert "Deals may go round in a circle: S0 → S1 → S0. One that does is stopped after 10 moves." in page


@pytest.mark.parametrize("more", [{"when": IN_A_DAY}, {"is_on": False}])
def test_nobody_is_warned_of_a_circle_that_waits_or_rests(stages, people, more):
    publish(stages[0], rule("on", "move", params={"stage": stages[1].pk}, **SMALL, **more))
    publish(stages[1], rule("back", "move", params={"stage": stages[0].pk}, **SMALL))
    assert services.possible_circles(stages[0].pipeline) == []
