"""What came of what was handed to somebody outside, and what follows it; cases of the reference by their numbers."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from afluente.automation import services, statements
from afluente.automation.engine.actions import Done, Effect
from afluente.automation.engine.steps import State
from afluente.automation.models import Step, Token
from afluente.deals import services as deals
from afluente.deals.models import Stage
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import later, lines, open_in, publish, rule, work

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
handed: list[str] = []


class Hand:
    """Hands something over, under the name of the step."""

    slug, is_outside = "hand", True

    def problems(self, params: Any, catalogue: Any) -> list[str]:
        return []

    def act(self, params: Any, scene: Any, *, step: str) -> Done:
        return Done(effects=[Effect("hand", {"step": step})], key=f"out:{step}")


def _hand(group: Any) -> None:
    handed.extend(one.values["step"] for one in group)


@pytest.fixture
def deal(ana):
    services.register_action(services.Known(action=Hand(), label="Hand over", appliers=(("hand", _hand),)))
    handed.clear()
    stage = make.stage(pipeline=make.pipeline(), name="Talk")
    publish(stage, rule("mail", "hand"), rule("call", follows=True))
    deal = open_in(stage)
    work()
    return deal


def settle(state: State, **more: str) -> None:
    services.settle([services.Outcome(step=handed[0], state=state, **more)])
    work()


def test_cases_21_and_23_what_follows_starts_when_it_was_accepted(deal):
    assert lines(deal) == ["mail awaiting"]
    services.postpone([(handed[0], later(4 * HOUR))])
    work(later(4 * HOUR))
    assert lines(deal) == ["mail awaiting"]
    settle(State.APPLIED)
    settle(State.APPLIED)

    assert lines(deal) == ["mail applied", "call applied"]
    assert handed == [
        str(
            statements.Name(
                definition_id=Step.objects.first().definition_id, deal_id=deal.pk, epoch=1, rule="mail"
            )
        )
    ]


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN, State.CANCELLED])
def test_case_22_what_follows_does_not_start_when_it_was_not(deal, state):
    settle(state, reason="rejected", detail="550 no such mailbox")

    assert lines(deal) == [f"mail {state} rejected", "call skipped chain_not_met"]
    assert Step.objects.get(rule="mail").detail == "550 no such mailbox"


def test_case_29_an_answer_that_never_comes_is_said_to_be_unknown(deal):
    work(later(HOUR))

    assert lines(deal) == ["mail unknown no_answer", "call skipped chain_not_met"]


def test_case_27_a_person_who_says_that_it_was_sent_lets_the_lane_go_on_once(deal):
    settle(State.UNKNOWN)
    settle(State.APPLIED)
    settle(State.APPLIED)

    assert lines(deal) == ["mail applied", "call skipped chain_not_met", "call applied"]


def test_an_answer_to_a_stage_that_was_left_is_told_and_starts_nothing(deal):
    other = make.stage(pipeline=Stage.objects.get(pk=deal.stage_id).pipeline, name="Gone")
    deals.move_deals(deal_ids=[deal.pk], to=other, by=SYSTEM)
    settle(State.APPLIED)

    assert lines(deal) == ["mail applied", "mail cancelled stage_left"]
    assert not Token.objects.exists()
