"""When people work, as settings: the company's week, holidays, a person's own week, absences (S-WORK)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.automation.engine.opening import DAY
from afluente.automation.engine.written import BadRuleError
from afluente.automation.models import Absence, CompanyHours, Holiday, PersonHours

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from afluente.accounts.models import Membership

MOST_SHIFTS = 6  # in a day
LATEST = 2 * DAY  # a shift past midnight ends before the next midnight


@transaction.atomic
def save_company_week(*, week: Sequence[Any] | None) -> None:
    """Keep the company's week, seven days of shifts; None: always open. Raises BadRuleError."""
    CompanyHours.objects.all().delete()
    if week is not None:
        CompanyHours.objects.create(week=_checked(week))


@transaction.atomic
def save_holiday(*, day: dt.date, name: str = "", hours: Sequence[Any] = ()) -> Holiday:
    """Let the company work otherwise on a day; without `hours` not at all. Raises BadRuleError."""
    values = {"name": name.strip()[:100], "hours": _day(hours, "hours")}
    found, _ = Holiday.objects.update_or_create(day=day, defaults=values)
    return found


def delete_holiday(*, day: dt.date) -> bool:
    """Let a day be like any other; whether it was not."""
    gone, _ = Holiday.objects.filter(day=day).delete()
    return bool(gone)


@transaction.atomic
def save_person_hours(
    *, member: Membership, week: Sequence[Any] | None = None, supervisor: Membership | None = None
) -> PersonHours:
    """Keep a member's own week, None for the company's, and who supervises them. Raises BadRuleError."""
    if supervisor is not None and supervisor.pk == member.pk:
        raise BadRuleError("supervisor_id", "somebody else")
    values = {"week": None if week is None else _checked(week), "supervisor": supervisor}
    found, _ = PersonHours.objects.update_or_create(member=member, defaults=values)
    return found


@transaction.atomic
def add_absence(*, member: Membership, since: dt.datetime, until: dt.datetime, note: str = "") -> Absence:
    """Note that a member is away. Raises BadRuleError."""
    if until <= since:
        raise BadRuleError("until", "later than it begins")
    return Absence.objects.create(member=member, since=since, until=until, note=note.strip()[:100])


def delete_absence(*, absence_id: int) -> bool:
    """Let somebody be there again; whether they were away."""
    gone, _ = Absence.objects.filter(pk=absence_id).delete()
    return bool(gone)


def _checked(week: Sequence[Any]) -> list[list[list[int]]]:
    if len(week) != 7:
        raise BadRuleError("week", "seven days, Monday first")
    return [_day(day, f"week[{number}]") for number, day in enumerate(week)]


def _day(shifts: Sequence[Any], place: str) -> list[list[int]]:
    """Shifts in their order, none over another. Raises BadRuleError."""
    kept = sorted([int(one) for one in shift] for shift in shifts)
    if len(kept) > MOST_SHIFTS:
        raise BadRuleError(place, f"at most {MOST_SHIFTS} shifts")
    for shift in kept:
        if len(shift) != 2 or not 0 <= shift[0] < DAY or not shift[0] < shift[1] < LATEST:
            raise BadRuleError(place, "from and until, in minutes after midnight")
    if any(later[0] < earlier[1] for earlier, later in pairwise(kept)):
        raise BadRuleError(place, "shifts lie over each other")
    return kept
