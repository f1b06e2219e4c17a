"""A stage to try rules on: a few fields, and actions that write, leave, send and find nobody."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from afluente.automation.engine.actions import Done, Effect, Fail, Scene, Skip
from afluente.automation.engine.interpreting import Program
from afluente.automation.engine.nodes import Zone
from afluente.automation.engine.records import Catalogue, Kind, Money, Record
from afluente.automation.engine.rules import Rule, compile_rules
from afluente.automation.engine.steps import State
from afluente.kernel import conditions

if TYPE_CHECKING:
    from afluente.automation.engine.steps import Sprint, Token

if TYPE_CHECKING:
    from collections.abc import Mapping

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NOW = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)  # a Monday
CATALOGUE: Catalogue = {
    "amount": Kind.MONEY,
    "note": Kind.TEXT,
    "source": Kind.CHOICE,
    "due": Kind.MOMENT,
    "score": Kind.NUMBER,
    "tags": Kind.MANY,
    "vip": Kind.FLAG,
    "day": Kind.DAY,
}


class Write:
    """Sets fields."""

    slug, is_outside = "write", False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        return [f"There is no field {name}." for name in params if name not in catalogue]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done:
        return Done(effects=[Effect("write", {**params, "step": step})], changes=params)


class Leave:
    """Moves the record to another stage."""

    slug, is_outside = "leave", False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        return []

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done:
        return Done(effects=[Effect("leave", params)], leaves=True)


class Send:
    """Hands a message over; `to` may name nobody, or be wrong for good."""

    slug, is_outside = "send", True

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        return []

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        match params.get("to", "ana"):
            case "":
                return Skip("no_recipient", "e-mail")
            case "broken":
                return Fail("template", "there is no {{ x }}")
        return Done(effects=[Effect("send", params)], key=f"out:{step}")


ACTIONS = {action.slug: action for action in (Write(), Leave(), Send())}


def where(*said: str, match: str = "all") -> conditions.Expression:
    return conditions.read(said, match)


def record(**values: Any) -> Record:
    usual: dict[str, Any] = dict.fromkeys(CATALOGUE)
    usual["amount"] = Money(Decimal(10), "BRL")
    return Record(7, 1, usual | values)


def scene(*, now: dt.datetime = NOW, entered_at: dt.datetime | None = None, **more: Any) -> Scene:
    """`company` and `person` are calendars; other names are values of the record."""
    hours = {name: more.pop(name) for name in ("company", "person") if name in more}
    zones = {Zone.ACCOUNT: SAO_PAULO} | more.pop("zones", {})
    return Scene(record=record(**more), now=now, entered_at=entered_at or now, zones=zones, **hours)


def program(*rules: Rule) -> Program:
    return Program(compile_rules(rules), catalogue=CATALOGUE, actions=ACTIONS)


def named(rule: str, occurrence: str) -> str:
    return f"{rule}/{occurrence}" if occurrence else rule


def enter(*rules: Rule, at: Scene | None = None) -> Sprint:
    return program(*rules).enter(at or scene(), named=named)


def wake(token: Token, *rules: Rule, at: Scene) -> Sprint:
    return program(*rules).resume(token, at, named=named)


def answer(token: Token, state: State, *rules: Rule, at: Scene) -> Sprint:
    ended = replace(token, state=State.SCHEDULED, key=state)
    return program(*rules).resume(ended, at, named=named)


def said(sprint: Sprint) -> list[str]:
    """The lines of the log, short: `a applied`, `b skipped condition_false`."""
    return [" ".join(filter(None, (line.rule, line.state, line.reason))) for line in sprint.lines]
