"""Backtests as JSON."""

from __future__ import annotations

import datetime as dt

from ninja import Schema
from pydantic import Field

from afluente.automation.api.shapes import Shape
from afluente.automation.services import MOST_DAYS


class BacktestIn(Shape):
    days: int = Field(30, ge=1, le=MOST_DAYS)


class BacktestDayOut(Schema):
    """`applied`: what would have been done; `others`: what was skipped, failed, cancelled or refused."""

    day: dt.date
    applied: int
    others: int


class BacktestRuleOut(Schema):
    rule: str = Field(description="The id of a rule, or `trigger:` and the number of a trigger.")
    title: str
    count: int


class BacktestOut(Schema):
    """`state` is waiting, running, done or failed; `done` of `total` events were told again. `since` is later than
    `days` ago when more happened than is told.
    """

    state: str
    days: int
    done: int
    total: int
    since: dt.datetime | None
    asked_at: dt.datetime
    ended_at: dt.datetime | None
    detail: str
    per_day: list[BacktestDayOut]
    rules: list[BacktestRuleOut]


class BacktestWordsOut(Schema):
    """What would have been said: a message, a notification, a comment or the title of a task."""

    kind: str
    text: str
    to: str = ""
    subject: str = ""


class BacktestRowOut(Schema):
    """A step that would have ended, or a trigger that would have moved the deal."""

    at: dt.datetime
    deal_id: int
    deal: str
    stage_id: int
    rule: str
    title: str
    state: str
    reason: str
    why: str
    words: list[BacktestWordsOut]


class BacktestRowsOut(Schema):
    items: list[BacktestRowOut]
    next: str | None
