"""Rules and steps as they are written in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from afluente.automation.engine.nodes import Zone
from afluente.automation.engine.timing import Anchor, IfPast, Unit
from afluente.automation.engine.written import LARGEST, MOST
from afluente.automation.services import Waiting

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
    action: str = Field(min_length=1, max_length=40)
    title: str = Field("", max_length=100)
    params: dict[str, Any] = Field(default_factory=dict)
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


class PublicationIn(Shape):
    """What becomes of what waits, and whether new rules begin for the deals that are in the stage already."""

    waiting: Waiting = Field(
        Waiting.APPLY,
        description="apply: waiting steps go on by the new rules; keep: they end by their own.",
    )
    is_for_present: bool = False


class ChangeOut(Schema):
    """A rule that differs: added, removed, changed, retimed or moved; `waiting` steps are of it."""

    rule: str
    title: str
    what: str
    waiting: int


class PublicationOut(Schema):
    """What publishing meets: `waiting` steps, of which `retimed` would get another time and `ended` none, and
    `present` deals for which `added` rules could begin.
    """

    changes: list[ChangeOut]
    waiting: int
    retimed: int
    ended: int
    present: int
    added: int


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


class TriggerFields(Shape):
    """How a trigger is arranged. `where` is written as in filters; `params` are the kind's own."""

    title: str = Field("", max_length=100)
    params: dict[str, str | int | None] = Field(default_factory=dict)
    where: list[Annotated[str, Field(max_length=SIGNS)]] = Field(default_factory=list, max_length=20)
    match: Literal["all", "any"] = "all"
    reach: Literal["latest", "all"] = Field(
        "latest",
        description="Of the deals of a client the most recently active one, or all, when nothing names one.",
    )
    allows_back: bool = False
    may_reopen: bool = False
    hears_rules: bool = Field(False, description="Also what rules did.")
    max_age_minutes: int = Field(60, ge=1, le=LARGEST)
    quiet_seconds: int = Field(0, ge=0, le=86_400, description="Wait until it was quiet for so long.")
    on_behalf_of_id: int | None = None
    is_on: bool = True


class TriggerIn(TriggerFields):
    """A trigger to be made. Its kinds are given out at /trigger-kinds."""

    kind: str = Field(max_length=40)


class TriggerChange(TriggerFields):
    """What is to be different; what is not named stays."""

    stage_id: int | None = None


class TriggerOrder(Shape):
    trigger_ids: list[int] = Field(max_length=200)


class TriggerOut(Schema):
    """A trigger. `address` is that of a webhook, for whoever may change it."""

    id: int
    stage_id: int
    kind: str
    title: str
    params: dict[str, Any]
    where: list[str]
    match: str
    reach: str
    allows_back: bool
    may_reopen: bool
    hears_rules: bool
    max_age_minutes: int
    quiet_seconds: int
    on_behalf_of_id: int | None
    is_on: bool
    address: str


class TriggersOut(Schema):
    items: list[TriggerOut]


class TriggerKindOut(Schema):
    kind: str
    label: str
    params: list[str]


class TriggerKindsOut(Schema):
    items: list[TriggerKindOut]


class FiringOut(Schema):
    """What a trigger did with a deal: moved, passed (it may not, and why), or refused."""

    id: int
    trigger_id: int
    stage_id: int
    kind: str
    state: str
    reason: str
    detail: str
    at: datetime


class FiringsOut(Schema):
    items: list[FiringOut]
    next: str | None
