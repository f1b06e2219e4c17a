"""Rules of repetition in words, and as a form shows them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from afluente.tasks.selectors.recurrence import BadRuleError, Rule
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Sequence

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MONDAY = dt.date(2024, 1, 1)
SAME, NTH, LAST = "same", "nth", "last"


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """A rule as the form shows it."""

    unit: str = ""
    every: int = 1
    days: Sequence[str] = ()
    month_by: str = SAME
    until: str = ""
    count: str = ""
    words: str = ""

    @property
    def weekdays(self) -> list[tuple[str, str, bool]]:
        return [(code, day_name(code), code in self.days) for code in DAYS]


def repetition(written: str) -> Repetition:
    """A kept rule, taken apart; nothing for a task that is done once."""
    try:
        rule = Rule.read(written)
    except BadRuleError:
        return Repetition()
    parts = rule.parts
    by_day = parts.get("BYDAY", "")
    return Repetition(
        unit=parts["FREQ"],
        every=int(parts.get("INTERVAL", "1")),
        days=tuple(by_day.split(",")) if parts["FREQ"] == "WEEKLY" and by_day else (),
        month_by=LAST if parts.get("BYMONTHDAY") == "-1" else NTH if by_day else SAME,
        until=rule.until.isoformat() if rule.until else "",
        count=parts.get("COUNT", ""),
        words=repeat_words(rule),
    )


def repeat_words(rule: Rule) -> str:
    """`Every 2 weeks, Mon, Wed, until 3 Dec`."""
    n = int(rule.parts.get("INTERVAL", "1"))
    once = {  # said apart: a sentence cannot be both alone and the first of several
        "DAILY": gettext("Every day"),
        "WEEKLY": gettext("Every week"),
        "MONTHLY": gettext("Every month"),
        "YEARLY": gettext("Every year"),
    }
    many = {
        "DAILY": ngettext("Every {n} day", "Every {n} days", n),
        "WEEKLY": ngettext("Every {n} week", "Every {n} weeks", n),
        "MONTHLY": ngettext("Every {n} month", "Every {n} months", n),
        "YEARLY": ngettext("Every {n} year", "Every {n} years", n),
    }
    said = (once if n == 1 else many)[rule.parts["FREQ"]].format(n=n)
    found = [said]
    if days := rule.parts.get("BYDAY"):
        found.append(", ".join(_day(code) for code in days.split(",")))
    if rule.parts.get("BYMONTHDAY") == "-1":
        found.append(gettext("on the last day"))
    if rule.until:
        found.append(gettext("until {day}").format(day=formats.day(rule.until)))
    if rule.count:
        found.append(ngettext("{n} time", "{n} times", rule.count).format(n=rule.count))
    return ", ".join(found)


def reminder_words(minutes: int) -> str:
    """How long before a task somebody is reminded: `15 minutes before`, `2 days before`."""
    if minutes == 0:
        return gettext("When it begins")
    if minutes % 1440 == 0:
        n = minutes // 1440
        return ngettext("{n} day before", "{n} days before", n).format(n=n)
    if minutes % 60 == 0:
        n = minutes // 60
        return ngettext("{n} hour before", "{n} hours before", n).format(n=n)
    return ngettext("{n} minute before", "{n} minutes before", minutes).format(n=minutes)


def day_name(code: str) -> str:
    """The short name of a weekday in the language of the page."""
    date = MONDAY + dt.timedelta(days=DAYS.index(code))
    return format_date(date, "ccc", locale=(get_language() or "en").replace("-", "_"))


def _day(code: str) -> str:
    place, name = code[:-2], day_name(code[-2:])
    if not place:
        return name
    if place == "-1":
        return gettext("last {day}").format(day=name)
    return gettext("{n}. {day}").format(n=place, day=name)


def composed(
    *,
    unit: str,
    every: int,
    days: Sequence[str],
    month_by: str,
    until: dt.date | None,
    count: int | None,
    anchor: dt.datetime | None,
) -> str:
    """The rule that a form's fields mean; '' for a task that is done once. `anchor` is its first moment."""
    if not unit:
        return ""
    parts = [f"FREQ={unit}"]
    if every > 1:
        parts.append(f"INTERVAL={every}")
    if unit == "WEEKLY" and days:
        parts.append(f"BYDAY={','.join(code for code in DAYS if code in days)}")
    if unit == "MONTHLY" and month_by == LAST:
        parts.append("BYMONTHDAY=-1")
    if unit == "MONTHLY" and month_by == NTH and anchor is not None:
        local = timezone.localtime(anchor).date()
        nth = -(-local.day // 7)
        parts.append(f"BYDAY={'-1' if nth == 5 else nth}{DAYS[local.weekday()]}")
    if until is not None:
        parts.append(f"UNTIL={until:%Y%m%d}")
    elif count:
        parts.append(f"COUNT={count}")
    return ";".join(parts)
