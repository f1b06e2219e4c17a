"""When a task comes again: rules of RFC 5545, read by python-dateutil (ADR 0132).

A rule is counted in the wall-clock time of the workspace, so that nine in the morning stays nine when
the clocks change. It is never written out further than somebody looks. What steps by so many days or
weeks and by nothing else is counted here: it begins at the day that is looked at, and costs no library.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from afluente.accounts.models import Workspace
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST = 4_000  # occurrences looked at for one answer: ten years of days
LAST = dt.datetime(9999, 12, 1)  # noqa: DTZ001  wall-clock time, as all that is counted here
AHEAD = dt.timedelta(
    days=60 * 366
)  # within which a rule comes again, or never: 30 February is looked for in vain
LONGEST = 200  # characters of a rule
TIMES = 1_000  # the largest count
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PART = {
    "FREQ": re.compile("|".join(FREQUENCIES)),
    "INTERVAL": re.compile(r"[1-9][0-9]{0,2}"),
    "BYDAY": re.compile(r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)){0,6}"),
    "BYMONTHDAY": re.compile(r"(-1|[1-9]|[12][0-9]|3[01])(,(-1|[1-9]|[12][0-9]|3[01])){0,30}"),
    "BYMONTH": re.compile(r"([1-9]|1[0-2])(,([1-9]|1[0-2])){0,11}"),
    "BYSETPOS": re.compile(r"-1|[1-5]"),
    "COUNT": re.compile(r"[1-9][0-9]{0,3}"),
    "UNTIL": re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?"),
    "WKST": re.compile(r"MO|SU"),
}


class BadRuleError(ValueError):
    """What was given is no rule that a task can be repeated by; `part` is what of it is wrong."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True)
class Rule:
    """A checked rule: its parts by name. `str()` writes it as RFC 5545 has it."""

    parts: dict[str, str]

    @classmethod
    def read(cls, written: str) -> Rule:
        """`FREQ=WEEKLY;BYDAY=MO`, with or without `RRULE:`. Raises BadRuleError."""
        return _read(written)

    @classmethod
    def checked(cls, written: str) -> Rule:
        """The same without remembering it."""
        bare = written.strip().upper().removeprefix("RRULE:").strip(";")
        if len(bare) > LONGEST:
            raise BadRuleError("RRULE")
        parts: dict[str, str] = {}
        for pair in bare.split(";"):
            name, _, value = pair.partition("=")
            if name in parts or name not in _PART or not _PART[name].fullmatch(value):
                raise BadRuleError(name[:20] or "RRULE")
            parts[name] = value
        if "FREQ" not in parts:
            raise BadRuleError("FREQ")
        if "COUNT" in parts and ("UNTIL" in parts or int(parts["COUNT"]) > TIMES):
            raise BadRuleError("COUNT")
        if (
            "BYDAY" in parts
            and re.search(r"\d", parts["BYDAY"])
            and parts["FREQ"] not in {"MONTHLY", "YEARLY"}
        ):
            raise BadRuleError("BYDAY")
        found = cls(parts)
        if found.until == dt.date.min:
            raise BadRuleError("UNTIL")
        return found

    def __str__(self) -> str:
        return ";".join(f"{name}={self.parts[name]}" for name in _PART if name in self.parts)

    @property
    def count(self) -> int | None:
        return int(self.parts["COUNT"]) if "COUNT" in self.parts else None

    @property
    def until(self) -> dt.date | None:
        """The last day it may fall on; the smallest date there is for one that is in no calendar."""
        if "UNTIL" not in self.parts:
            return None
        try:
            return dt.datetime.strptime(self.parts["UNTIL"][:8], "%Y%m%d").date()  # noqa: DTZ007  a day
        except ValueError:
            return dt.date.min

    def but(self, **parts: str | None) -> Rule:
        """The rule with other parts; None takes one away."""
        changed = {**self.parts, **{name: value for name, value in parts.items() if value is not None}}
        return Rule({name: value for name, value in changed.items() if parts.get(name, "") is not None})

    @property
    def step(self) -> dt.timedelta | None:
        """From one occurrence to the next, for a rule that says nothing else."""
        every = int(self.parts.get("INTERVAL", "1"))
        if self.parts.keys() - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}:
            return None
        return {"DAILY": dt.timedelta(days=every), "WEEKLY": dt.timedelta(weeks=every)}.get(
            self.parts["FREQ"]
        )

    def after(self, anchor: dt.datetime, *, zone: ZoneInfo) -> Iterator[dt.datetime]:
        """The occurrences that follow `anchor`, itself the first one; at most MOST of them."""
        return (moment.replace(tzinfo=zone) for moment in self.by_the_clock(wall_clock(anchor, zone)))

    def by_the_clock(self, anchor: dt.datetime, since: dt.datetime | None = None) -> Iterable[dt.datetime]:
        """The same in wall-clock time, without a zone; what is before `since` may be left out."""
        if (step := self.step) is not None:
            return self._steps(anchor, step, since or anchor)
        return (moment for moment in self._counted(anchor) if moment > anchor)

    def _steps(self, anchor: dt.datetime, step: dt.timedelta, since: dt.datetime) -> Iterator[dt.datetime]:
        first = max(1, (since - anchor) // step)
        end = min(first + MOST, self.count or first + MOST, (LAST - anchor) // step)
        last = dt.datetime.combine(self.until, dt.time.max) if self.until else LAST
        moment = anchor + min(first, end) * step
        for _ in range(first, end):
            if moment > last:
                return
            yield moment
            moment += step

    def _counted(self, local: dt.datetime) -> Iterator[dt.datetime]:
        from dateutil.rrule import rrule, rrulestr  # noqa: PLC0415  few rules need it, and it takes long to load

        found = rrulestr(str(self.but(COUNT=None, UNTIL=None)), dtstart=local)
        assert isinstance(found, rrule), "one rule is written, never a set"
        end = min(local, LAST - AHEAD) + AHEAD
        last = min(dt.datetime.combine(self.until, dt.time.max), end) if self.until else end
        return islice(found.replace(until=last), min(self.count or MOST, MOST))

    def comes_again(self, anchor: dt.datetime) -> bool:
        """Whether any day is meant at all, however long the rule is to hold: none is by 30 February."""
        endless = self.but(COUNT=None, UNTIL=None)
        return next(iter(endless.by_the_clock(anchor)), None) is not None


@lru_cache(maxsize=500)
def _read(written: str) -> Rule:
    """Many tasks repeat by few rules."""
    return Rule.checked(written)


def following(
    rule: Rule, anchor: dt.datetime, *, zone: ZoneInfo, now: dt.datetime
) -> tuple[dt.datetime, Rule] | None:
    """The next occurrence that is still to come, with what is left of the rule; None at its end.

    Those that were missed meanwhile are passed over, and count.
    """
    for passed, moment in enumerate(rule.after(anchor, zone=zone), start=1):
        if moment > now:
            left = rule.count - passed if rule.count else None
            return moment, rule.but(COUNT=str(left)) if left else rule
    return None


def between(
    rule: Rule, anchor: dt.datetime, *, zone: ZoneInfo, first: dt.datetime, end: dt.datetime, limit: int = 400
) -> list[dt.datetime]:
    """The occurrences after `anchor` from `first` until before `end`; at most `limit`."""
    found: list[dt.datetime] = []
    since, until = wall_clock(first, zone), wall_clock(end, zone)
    for moment in rule.by_the_clock(wall_clock(anchor, zone), since):
        if moment >= until or len(found) >= limit:
            break
        if moment >= since:
            found.append(moment.replace(tzinfo=zone))
    return found


def wall_clock(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """What a clock in that zone shows then."""
    return moment.astimezone(zone).replace(tzinfo=None)


def zone() -> ZoneInfo:
    """Where rules are counted: the workspace's time zone."""
    return ZoneInfo(Workspace.objects.values_list("timezone", flat=True).get(pk=current_workspace_id()))
