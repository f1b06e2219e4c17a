"""Runs of rules, and decisions about them, as they are written in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from afluente.automation.api.shapes import LIMIT, Shape

AT_ONCE = 1000
Outcome = Literal["applied", "skipped", "failed", "unknown", "cancelled", "awaiting"]


class RunsQuery(Shape):
    """Of one stage, or one rule of it; by outcome, of the last days; the newest first."""

    stage_id: int | None = None
    rule: str = Field("", max_length=40)
    state: Outcome | None = None
    days: int = Field(30, ge=1, le=180)
    cursor: str = Field("", max_length=20)
    limit: int = Field(50, ge=1, le=LIMIT)


class RuleRunOut(Schema):
    """How a rule ended for a deal. `why` is for people; `stands`: somebody may decide about it."""

    id: int
    deal_id: int
    deal: str
    stage_id: int
    rule: str
    title: str
    version: int
    state: str
    reason: str
    why: str
    detail: str
    asked: list[Any]
    due_at: datetime | None
    ended_at: datetime
    late_by: int
    stands: bool


class RuleRunsOut(Schema):
    items: list[RuleRunOut]
    next: str | None


class FrozenOut(Schema):
    """A deal that rules moved too often: none acts on it before POST /deals/{id}/automation/resumption."""

    deal_id: int
    deal: str
    since: datetime


class PausedRulesOut(Schema):
    """The rules of a stage, paused because this one failed too often."""

    stage_id: int | None
    stage: str
    rule: str


class DecisionsOut(RuleRunsOut):
    """Steps that stand, by pages, and with each page what else waits for a person."""

    frozen: list[FrozenOut] = Field(description="The latest 50.")
    paused: list[PausedRulesOut]


class StandingQuery(Shape):
    cursor: str = Field("", max_length=20)
    limit: int = Field(50, ge=1, le=LIMIT)


class DecisionIn(Shape):
    """`run`: do it anew by the rules as they run now; `skip`: end it as skipped; `stop`: end it and everything that
    waits for its deal; `done`: say of an unknown one that it was done.
    """

    act: Literal["run", "skip", "stop", "done"]
    steps: list[Annotated[int, Field(ge=1, lt=2**63)]] = Field(min_length=1, max_length=AT_ONCE)


class DecidedOut(Schema):
    """About how many was decided; `passed_over` had gone on, left, or cannot be done by the rules of today."""

    decided: int
    passed_over: int
