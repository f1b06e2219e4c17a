"""A time zone as calendars carry it along: by the rule of its changes, wherever it has one (RFC 5545, 3.6.5).

The list of dates that libraries write is legal, and read by few: one parser takes the first date alone, and
every meeting of the summer is an hour late. A zone without a rule, such as one that follows the moon, has
each of its changes written out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import icalendar

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

AHEAD = 10  # years for which a rule must hold, or changes are written out
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEK, DAY, MINUTE = dt.timedelta(days=7), dt.timedelta(days=1), dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Change:
    """The clocks change: at `local` by the clock that was right until then."""

    local: dt.datetime
    before: dt.timedelta
    after: dt.timedelta
    name: str
    is_summer: bool

    @property
    def nth(self) -> str:
        """`2SU`, the second Sunday of its month."""
        return f"{(self.local.day + 6) // 7}{DAYS[self.local.weekday()]}"

    @property
    def last(self) -> str:
        """`-1SU`; '' when it is not the last one of its month."""
        is_last = (self.local + WEEK).month != self.local.month
        return f"-1{DAYS[self.local.weekday()]}" if is_last else ""


@lru_cache(maxsize=64)
def timezone_of(here: ZoneInfo, *, first: int, now: int) -> icalendar.Timezone:
    """The definition of a zone from the year `first` on, for as long as its rule holds, or AHEAD from `now`."""
    zone = icalendar.Timezone()
    zone.add("tzid", here.key)
    begin = dt.datetime(first, 1, 1, tzinfo=here)
    zone.add_component(_part(_state(begin)))
    years = [_changes(here, year) for year in range(first, now + AHEAD + 1)]
    rules = _rules(years)
    if rules is None:
        for change in (change for year in years for change in year):
            zone.add_component(_part(change))
    else:
        for change, rule in zip(years[0], rules, strict=True):
            part = _part(change)
            part.add("rrule", icalendar.vRecur.from_ical(rule))
            zone.add_component(part)
    return zone


def _state(moment: dt.datetime) -> Change:
    """What holds at the beginning, as if it had begun there."""
    offset = moment.utcoffset() or dt.timedelta()
    return Change(moment.replace(tzinfo=None), offset, offset, moment.tzname() or "", bool(moment.dst()))


def _changes(here: ZoneInfo, year: int) -> list[Change]:
    """When clocks change in a year, to the minute."""
    found = []
    day = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    while day.year == year:
        if _offset(here, day) != _offset(here, day + DAY):
            found.append(_change(here, day))
        day += DAY
    return found


def _change(here: ZoneInfo, day: dt.datetime) -> Change:
    """The one within 24 hours."""
    low, high = day, day + DAY
    while high - low > MINUTE:
        middle = low + (high - low) // 2
        low, high = (low, middle) if _offset(here, middle) != _offset(here, low) else (middle, high)
    moment = high.replace(second=0, microsecond=0)
    before, then = _offset(here, low), moment.astimezone(here)
    return Change(
        (moment + before).replace(tzinfo=None),
        before,
        _offset(here, moment),
        then.tzname() or "",
        bool(then.dst()),
    )


def _rules(years: list[list[Change]]) -> list[str] | None:
    """The rule of each change of a year, if it holds for all of them."""
    if len({len(year) for year in years}) > 1:
        return None
    changes = [list(each) for each in zip(*years, strict=True)]
    found = [rule for each in changes if (rule := _rule(each))]
    return found if len(found) == len(changes) else None


def _rule(each: list[Change]) -> str | None:
    """What is common to one change of every year."""
    if len({(one.local.month, one.local.time(), one.before, one.after) for one in each}) > 1:
        return None
    for said in ({one.last for one in each}, {one.nth for one in each}):
        if len(said) == 1 and (day := said.pop()):
            return f"FREQ=YEARLY;BYMONTH={each[0].local.month};BYDAY={day}"
    return None


def _part(change: Change) -> icalendar.TimezoneDaylight | icalendar.TimezoneStandard:
    part = icalendar.TimezoneDaylight() if change.is_summer else icalendar.TimezoneStandard()
    part.add("dtstart", change.local)
    part.add("tzoffsetfrom", change.before)
    part.add("tzoffsetto", change.after)
    part.add("tzname", change.name)
    return part


def _offset(here: ZoneInfo, moment: dt.datetime) -> dt.timedelta:
    return moment.astimezone(here).utcoffset() or dt.timedelta()
