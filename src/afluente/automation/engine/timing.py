"""When a step is due (S-TIME): elapsed minutes and hours, calendar days, weeks and months, dates of a record."""

from __future__ import annotations

import calendar as months
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from afluente.automation.engine import opening

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from afluente.automation.engine.opening import Calendar

MORNING = dt.time(9)  # when a date without a time is meant
LATE = dt.timedelta(hours=24)  # how late what reaches a customer may be, when nothing else is said


class Unit(StrEnum):
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Anchor(StrEnum):
    """What an interval counts from."""

    ENTRY = "entry"  # the moment the record entered the stage
    PREVIOUS = "previous"  # the moment the rule before it ended
    FIELD = "field"  # a date of the record


class IfPast(StrEnum):
    """What becomes of a step whose moment has passed when it is planned."""

    USUAL = ""  # before a date: run while the date lies ahead, else skip; after it or at it: run
    RUN = "run"
    SKIP = "skip"


@dataclass(frozen=True)
class Interval:
    """A length of time; negative lies before the anchor. `is_working` counts open time only."""

    amount: int = 0
    unit: Unit = Unit.MINUTES
    is_working: bool = False


@dataclass(frozen=True)
class When:
    """When one step is due. `at` is a time of day: with days, weeks and months it replaces the anchor's, and a
    date without a time is meant at it. `field` names the date that the anchor FIELD stands for.
    """

    anchor: Anchor = Anchor.ENTRY
    interval: Interval = Interval()
    field: str = ""
    at: dt.time | None = None
    if_past: IfPast = IfPast.USUAL

    @property
    def is_at_once(self) -> bool:
        """Whether the anchor's own moment is meant."""
        return self.anchor != Anchor.FIELD and not self.interval.amount and self.at is None


@dataclass(frozen=True)
class Due:
    """A moment. `until` is the last at which it still makes sense, where there is one; `occurrence` tells
    values of the same date field apart, so that each is acted on once (S-TIME 6).
    """

    at: dt.datetime
    until: dt.datetime | None = None
    occurrence: str = ""


@dataclass(frozen=True)
class Parked:
    """No moment yet: the date is empty, or its moment never comes."""

    field: str


@dataclass(frozen=True)
class Missed:
    """Too late, or never: a reason of S-STATE."""

    reason: str
    occurrence: str = ""


def plan(
    when: When,
    *,
    since: dt.datetime | dt.date | None,
    zone: ZoneInfo,
    now: dt.datetime,
    calendar: Calendar | None = None,
) -> Due | Parked | Missed:
    """When a step that counts from `since` is due.

    `since` is the moment of the anchor, or the value of the date field. `now` is the database's clock.
    An interval of open time needs `calendar`.
    """
    if since is None:
        return Parked(when.field)
    is_field = when.anchor == Anchor.FIELD
    occurrence = since.isoformat() if is_field else ""
    try:
        anchor = _moment(since, when.at or MORNING, zone)
        at = _shifted(anchor, when, zone, calendar)
    except (OverflowError, ValueError):  # outside the years that there are: never, or before all times
        return Parked(when.field) if since.year > now.year else Missed("date_passed", occurrence)
    if at is None:
        return Missed("no_working_time", occurrence)
    is_before = is_field and at < anchor
    if at < now and is_field:
        runs = when.if_past == IfPast.RUN or (
            when.if_past == IfPast.USUAL and (not is_before or anchor > now)
        )
        if not runs:
            return Missed("date_passed", occurrence)
    return Due(at, anchor if is_before else None, occurrence)


def is_too_late(due: Due, *, now: dt.datetime, late_after: dt.timedelta | None) -> bool:
    """Whether a step that was due comes too late to reach a customer (S-TIME 8).

    None is for steps that may be late by any time.
    """
    return late_after is not None and now > (due.until or due.at + late_after)


def add(moment: dt.datetime, interval: Interval, zone: ZoneInfo) -> dt.datetime:
    """`moment` and an interval, in UTC. Minutes and hours elapse; days, weeks and months keep the wall time of
    `zone`, and the end of a short month is its last day.
    """
    moment = moment.astimezone(dt.UTC)
    match interval.unit:
        case Unit.MINUTES:
            return moment + dt.timedelta(minutes=interval.amount)
        case Unit.HOURS:
            return moment + dt.timedelta(hours=interval.amount)
    local = moment.astimezone(zone)
    day = add_days(local.date(), interval)
    return dt.datetime.combine(day, local.time().replace(fold=0), zone).astimezone(dt.UTC)


def add_days(day: dt.date, interval: Interval) -> dt.date:
    """A day and days, weeks or months: 31 January and a month are 28 or 29 February."""
    match interval.unit:
        case Unit.WEEKS:
            return day + dt.timedelta(weeks=interval.amount)
        case Unit.MONTHS:
            year, month = divmod(day.year * 12 + day.month - 1 + interval.amount, 12)
            return day.replace(
                year=year, month=month + 1, day=min(day.day, months.monthrange(year, month + 1)[1])
            )
    return day + dt.timedelta(days=interval.amount)


def _moment(since: dt.datetime | dt.date, at: dt.time, zone: ZoneInfo) -> dt.datetime:
    if isinstance(since, dt.datetime):
        return since.astimezone(dt.UTC)
    return dt.datetime.combine(since, at, zone).astimezone(dt.UTC)


def _shifted(
    anchor: dt.datetime, when: When, zone: ZoneInfo, calendar: Calendar | None
) -> dt.datetime | None:
    interval = when.interval
    if interval.is_working and interval.amount > 0 and calendar is not None:
        return _worked(anchor, interval, calendar)
    moved = add(anchor, interval, zone)
    if when.at is None or interval.unit in {Unit.MINUTES, Unit.HOURS}:
        return moved
    return dt.datetime.combine(moved.astimezone(zone).date(), when.at, zone).astimezone(dt.UTC)


def _worked(anchor: dt.datetime, interval: Interval, calendar: Calendar) -> dt.datetime | None:
    match interval.unit:
        case Unit.MINUTES:
            return opening.after_open_time(calendar, anchor, dt.timedelta(minutes=interval.amount))
        case Unit.HOURS:
            return opening.after_open_time(calendar, anchor, dt.timedelta(hours=interval.amount))
        case Unit.DAYS:
            return opening.after_open_days(calendar, anchor, interval.amount)
    return add(anchor, interval, calendar.zone)
