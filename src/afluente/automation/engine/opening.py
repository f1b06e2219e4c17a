"""When somebody works: opening hours, holidays, absences (S-WORK)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

HORIZON = 400  # days after which nothing is expected to open any more
DAY = 24 * 60  # minutes
TURNS = 1000  # openings of two calendars that are looked at for one that both have

Hours = Sequence[tuple[int, int]]  # minutes after midnight, from and until; above DAY it is after midnight
Stretch = tuple[dt.datetime, dt.datetime]  # two moments, in UTC


@dataclass(frozen=True)
class Calendar:
    """The hours of a company or a person.

    `week` has seven days, Monday first. A shift past midnight belongs to the day on which it begins:
    (1200, 1680) is from 20:00 until 04:00. `days` are days with other hours, `()` for a holiday.
    `away` are stretches of absence.
    """

    zone: ZoneInfo
    week: tuple[Hours, ...]
    days: Mapping[dt.date, Hours] = field(default_factory=dict)
    away: Sequence[Stretch] = ()

    def hours_on(self, day: dt.date) -> Hours:
        """The shifts that begin on `day`, by local wall time."""
        return self.days.get(day, self.week[day.weekday()])

    def stretches(self, since: dt.datetime) -> Iterator[Stretch]:
        """Open stretches that end after `since`, cut where it lies inside the first; HORIZON days of them."""
        first = since.astimezone(self.zone).date() - dt.timedelta(days=1)
        for number in range(HORIZON + 2):
            day = first + dt.timedelta(days=number)
            for start, end in sorted(self.hours_on(day)):
                stretch = (wall(day, start, self.zone), wall(day, end, self.zone))
                for begins, ends in _without(stretch, self.away):
                    if ends > since:
                        yield max(begins, since), ends


def wall(day: dt.date, minutes: int, zone: ZoneInfo) -> dt.datetime:
    """The moment at which a local clock shows `minutes` after midnight of `day`, in UTC.

    A time that the clock skips is as much later as it skips; of one that it shows twice the first counts
    (S-TIME 3).
    """
    later, inside = divmod(minutes, DAY)
    local = dt.datetime.combine(day + dt.timedelta(days=later), dt.time(*divmod(inside, 60)))
    return local.replace(tzinfo=zone).astimezone(dt.UTC)


def _without(stretch: Stretch, away: Sequence[Stretch]) -> list[Stretch]:
    """What is left of a stretch after the absences in it."""
    left = [stretch]
    for gone, back in away:
        left = [
            piece
            for begins, ends in left
            for piece in ((begins, min(ends, gone)), (max(begins, back), ends))
            if piece[0] < piece[1]
        ]
        left = sorted(set(left))
    return left


def next_open(calendars: Sequence[Calendar], moment: dt.datetime) -> dt.datetime | None:
    """The first moment from `moment` on at which all `calendars` are open; None within HORIZON days of none.

    `moment` itself when they are open now, and when there is no calendar.
    """
    moment = moment.astimezone(dt.UTC)
    limit = moment + dt.timedelta(days=HORIZON)
    at, agreed = moment, 0
    for turn in range(TURNS * len(calendars)):
        opening = next((begins for begins, _ in calendars[turn % len(calendars)].stretches(at)), None)
        if opening is None or opening > limit:
            return None
        agreed = agreed + 1 if opening == at else 1
        at = opening
        if agreed == len(calendars):
            return at
    return at if not calendars else None


def after_open_time(calendar: Calendar, moment: dt.datetime, length: dt.timedelta) -> dt.datetime | None:
    """The moment at which `length` of open time has passed since `moment`; None when nothing opens.

    Two working hours from a holiday end two hours after the next opening.
    """
    left = length
    for begins, ends in calendar.stretches(moment.astimezone(dt.UTC)):
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    return None


def after_open_days(calendar: Calendar, moment: dt.datetime, days: int) -> dt.datetime | None:
    """The same time of day on the `days`-th day after that of `moment` on which somebody works."""
    local = moment.astimezone(calendar.zone)
    day, left = local.date(), days
    for _ in range(HORIZON):
        if left <= 0:
            break
        day += dt.timedelta(days=1)
        left -= bool(calendar.hours_on(day))
    if left > 0:
        return None
    kept = dt.datetime.combine(day, local.time().replace(fold=0), calendar.zone)
    return kept.astimezone(dt.UTC)
