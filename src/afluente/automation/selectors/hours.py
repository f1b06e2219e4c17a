"""When people work, as the engine asks it (S-WORK)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from afluente.automation.engine.opening import DAY, Calendar
from afluente.automation.models import Absence, CompanyHours, Holiday, PersonHours
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

ALWAYS = (((0, DAY),),) * 7


@dataclass(frozen=True)
class Hours:
    """The company's calendar, None when it is always open; those of people who differ from it; who is away."""

    company: Calendar | None = None
    people: Mapping[int, Calendar] = field(default_factory=dict)
    absent: frozenset[int] = frozenset()


def hours_at(now: dt.datetime, *, account: ZoneInfo, zones: Mapping[int, ZoneInfo]) -> Hours:
    """When everybody works, from `now` on: four short queries. `zones` are those of members."""
    row = CompanyHours.objects.first()
    days = {
        one.day: spans(one.hours)
        for one in Holiday.objects.filter(day__gte=now.date() - dt.timedelta(days=2))
    }
    company = Calendar(account, week_of(row.week if row else None), days) if row or days else None
    own = {one.member_id: one.week for one in PersonHours.objects.exclude(week=None)}
    away: dict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    for one in Absence.objects.filter(until__gt=now).order_by("since"):
        away[one.member_id].append((one.since, one.until))
    people = {
        member: Calendar(
            zones.get(member, account),
            week_of(own[member]) if member in own else (company.week if company else ALWAYS),
            days,
            tuple(away.get(member, ())),
        )
        for member in {*own, *away}
    }
    absent = frozenset(
        member
        for member, stretches in away.items()
        if any(since <= now < until for since, until in stretches)
    )
    return Hours(company, people, absent)


def week_of(kept: Any) -> tuple[Any, ...]:
    """A week from what is kept; without one, always open."""
    return tuple(spans(day) for day in kept) if kept else ALWAYS


def spans(kept: Any) -> tuple[tuple[int, int], ...]:
    """The shifts of one day."""
    return tuple((int(since), int(until)) for since, until in kept)


def kept_hours() -> dict[str, Any]:
    """What is kept about hours, as plain values: five queries."""
    row = CompanyHours.objects.first()
    now = clock.now()
    return {
        "week": row.week if row else None,
        "holidays": list(Holiday.objects.order_by("day").values("day", "name", "hours")),
        "people": list(PersonHours.objects.order_by("pk").values("member_id", "week", "supervisor_id")),
        "absences": [
            absence_out(one) for one in Absence.objects.filter(until__gt=now).order_by("since", "pk")
        ],
    }


def absence_out(one: Absence) -> dict[str, Any]:
    """An absence as plain values."""
    return {
        "id": one.pk,
        "member_id": one.member_id,
        "since": one.since,
        "until": one.until,
        "note": one.note,
    }
