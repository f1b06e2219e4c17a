"""Why rules ran or did not, and what they would do, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from afluente.automation.api.shapes import RuleIn, Shape
from afluente.automation.engine.written import MOST

FARTHEST = 400  # days


class ExplainedOut(Schema):
    """One rule in one entry of the deal, or none: it was never in that stage. `why` is for people."""

    stage_id: int
    stage: str
    entry: int | None
    entered_at: datetime | None
    rule: str
    title: str
    state: str = Field(description="As in steps; empty when the rule did not start.")
    reason: str
    why: str
    detail: str
    at: datetime | None
    asked: list[Any]
    version: int | None
    is_waiting: bool


class ExplainedListOut(Schema):
    items: list[ExplainedOut]


class DryRunIn(Shape):
    """What is tried: the rules that are arranged (`draft`), those that run, or those given here. Without
    `stage_id` the stage that the deal is in.
    """

    stage_id: int | None = None
    is_draft: bool = True
    rules: list[RuleIn] | None = Field(None, max_length=MOST)
    days: int = Field(30, ge=0, le=FARTHEST)


class RuleStatisticsOut(Schema):
    """How the steps of a rule ended, by state, what waits, and why some failed."""

    rule: str
    ended: dict[str, int]
    failures: dict[str, int]


class StageStatisticsOut(Schema):
    """The rules of a stage, how many deals are in it now, and how long they have been."""

    rules: list[RuleStatisticsOut]
    deals: int
    usual_seconds: int
    longest_seconds: int


class EffectOut(Schema):
    kind: str
    values: dict[str, Any]


class LookedStepOut(Schema):
    """One step: when it would end, or what it would wait for; `due_at` is when it was meant."""

    at: datetime | None
    stage_id: int
    rule: str
    title: str
    state: str
    reason: str
    why: str
    detail: str
    due_at: datetime | None
    asked: list[Any]
    effects: list[EffectOut]


class LookedOut(Schema):
    """What would happen; `stage_id` is where the deal would be then. Nothing was written or sent."""

    steps: list[LookedStepOut]
    waiting: list[LookedStepOut]
    stage_id: int
