"""Rules and steps as they are written in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from afluente.automation.engine.nodes import Zone
from afluente.automation.engine.timing import Anchor, IfPast, Unit
from afluente.automation.engine.written import LARGEST, MOST

LIMIT = 200
SIGNS = 200  # of a condition


class Fault(Schema):
    code: str
    message: str
    field: str | None = None


class Refused(Schema):
    error: Fault


class Shape(Schema):
    """Names nobody knows are refused."""

    model_config = ConfigDict(extra="forbid")


class WhenIn(Shape):
    """When a rule is due: `amount` and `unit` after the anchor, negative before a date of the deal."""

    anchor: Anchor = Anchor.ENTRY
    amount: int = Field(0, ge=-LARGEST, le=LARGEST)
    unit: Unit = Unit.MINUTES
    is_working: bool = Field(False, description="Only time in which somebody works counts.")
    field: str = Field("", max_length=60, description="The date that the anchor “field” stands for.")
    at: str | None = Field(None, max_length=8, description="A time of day, such as 09:00.")
    if_past: IfPast = IfPast.USUAL


class RuleIn(Shape):
    """One rule. `where` is written as in filters; a rule that `follows` starts when the one before it ended."""

    id: str = Field(min_length=1, max_length=36, pattern=r"^[A-Za-z0-9_-]+$")
    action: Literal["set", "move", "assign", "task", "delete"]
    title: str = Field("", max_length=100)
    params: dict[str, str | int | None] = Field(default_factory=dict)
    when: WhenIn | None = None
    where: list[Annotated[str, Field(max_length=SIGNS)]] = Field(default_factory=list, max_length=20)
    match: Literal["all", "any"] = "all"
    zone: Zone = Zone.ACCOUNT
    follows: bool = False
    or_skipped: bool = False
    goes_on: bool = False
    company_hours: bool = False
    person_hours: bool = False
    is_on: bool = True
    late_after_minutes: int | None = Field(None, ge=1, le=LARGEST)


class RulesIn(Shape):
    """All rules of the stage, in their order."""

    rules: list[RuleIn] = Field(max_length=MOST)


class RulesOut(Schema):
    """The rules of a stage: as they are arranged, and which version runs (0: none was published)."""

    state: str
    version: int
    waiting: int
    rules: list[dict[str, Any]]


class RuleStepOut(Schema):
    """How a step ended; `late_by` is in seconds, `asked` what its condition compared."""

    id: int
    stage_id: int
    version: int
    rule: str
    epoch: int
    state: str
    reason: str
    detail: str
    asked: list[Any]
    due_at: datetime | None
    ended_at: datetime
    late_by: int
    depth: int


class RuleStepsOut(Schema):
    items: list[RuleStepOut]
    next: str | None


class StepQuery(Schema):
    cursor: Annotated[str, Field(max_length=100)] = ""
    limit: Annotated[int, Field(ge=1, le=LIMIT)] = 50
