"""A dry run as people read it: each step with its moment, what it would change, and the words that it would say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from afluente.automation.selectors.deeds import what_of
from afluente.automation.selectors.looking_back import Compared, compared_of
from afluente.automation.selectors.naming import names_now
from afluente.automation.selectors.showing import reason_said
from afluente.automation.selectors.signs import icon_of
from afluente.automation.selectors.words import when_of
from afluente.deals.models import Stage

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from django.utils.safestring import SafeString
    from django_stubs_ext import StrOrPromise

    from afluente.automation.engine.simulating import Told
    from afluente.automation.selectors.naming import Names
    from afluente.deals.models import Deal

DONE = {"applied", "awaiting"}
MESSAGES = {"email", "sms", "webhook"}
TASKS = {"task", "call", "meeting"}
WORDS = ("subject", "title", "text", "body", "description")  # of an effect, what somebody would read


class Tried(Protocol):
    """What a dry run came to, and the rules that were tried, by stage and name."""

    @property
    def steps(self) -> Sequence[Told]: ...
    @property
    def waiting(self) -> Sequence[Told]: ...
    @property
    def stage_id(self) -> int: ...
    @property
    def rules(self) -> Mapping[int, Mapping[str, Mapping[str, Any]]]: ...


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """One step. `outcome`: done, skipped, failed, cancelled or waits; `words` are what people would read."""

    at: dt.datetime | None
    stage: str
    what: SafeString
    icon: str
    outcome: str
    why: StrOrPromise
    when: str
    detail: str
    compared: Sequence[Compared]
    words: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What would happen until a moment: the steps until then, what waits still, and sums."""

    steps: Sequence[Ahead]
    waiting: Sequence[Ahead]
    until: dt.datetime
    stage: str
    done: int
    skipped: int
    messages: int
    tasks: int


def look_ahead(looked: Tried, *, until: dt.datetime) -> Outlook:
    """The steps of a dry run in words: five queries, for the names of what rules are about."""
    names = names_now()
    steps = [_ahead(one, looked, names) for one in looked.steps]
    effects = [
        looked.rules[one.stage_id][one.line.rule]["action"]
        for one in looked.steps
        if one.line.state.value in DONE
    ]
    return Outlook(
        steps=steps,
        waiting=[_ahead(one, looked, names) for one in looked.waiting],
        until=until,
        stage=names.stage(looked.stage_id),
        done=sum(one.outcome == "done" for one in steps),
        skipped=sum(one.outcome == "skipped" for one in steps),
        messages=sum(one in MESSAGES for one in effects),
        tasks=sum(one in TASKS for one in effects),
    )


def stages_to_try(deal: Deal) -> list[Stage]:
    """The stages that a deal may enter in its pipeline, in their order."""
    found = Stage.objects.lasting().filter(pipeline_id=deal.pipeline_id)
    return list(found.order_by("position", "pk"))


def _ahead(one: Told, looked: Tried, names: Names) -> Ahead:
    rule = looked.rules[one.stage_id][one.line.rule]
    state = one.line.state.value
    outcome = "waits" if one.is_waiting else "done" if state in DONE else state
    return Ahead(
        at=one.at,
        stage=names.stage(one.stage_id),
        what=what_of(rule["action"], rule.get("params") or {}, names),
        icon=icon_of(rule["action"]),
        outcome=outcome,
        why=reason_said(one.line.reason),
        when=when_of(rule, names),
        detail=one.line.detail,
        compared=[
            compared_of(each.condition, each.value, each.holds, names=names) for each in one.line.asked
        ],
        words=_words(each.effect.values for each in one.made),
    )


def _words(values: Iterable[Mapping[str, Any]]) -> list[str]:
    """What people would read, each text once."""
    said = [str(each[name]) for each in values for name in WORDS if each.get(name)]
    return list(dict.fromkeys(said))
