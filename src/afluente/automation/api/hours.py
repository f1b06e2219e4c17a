"""When people work: the company's week, holidays, weeks of persons and absences."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from afluente.accounts.models import Membership
from afluente.accounts.requests import member_of
from afluente.automation import selectors, services
from afluente.automation.api.hours_shapes import (
    AbsenceIn,
    AbsenceOut,
    CompanyHoursIn,
    HolidayIn,
    HoursOut,
    PersonHoursIn,
)
from afluente.automation.api.refusing import NOT_ALLOWED, missing, refused
from afluente.automation.api.shapes import Refused
from afluente.automation.engine.written import BadRuleError
from afluente.deals import policies

router = Router(tags=["Automation"])
REFUSALS: dict[int, Any] = {403: Refused, 404: Refused, 422: Refused}


@router.get("/working-hours", response=HoursOut)
def read_hours(request: HttpRequest) -> Any:
    """When the company and its people work, in minutes after midnight by the clock of the workspace."""
    return selectors.kept_hours()


@router.put("/working-hours", response={200: HoursOut, **REFUSALS})
def save_hours(request: HttpRequest, payload: CompanyHoursIn) -> Any:
    """The company's week: seven days of shifts, Monday first; null: always open."""
    return _kept(request, lambda: services.save_company_week(week=payload.week))


@router.put("/working-hours/holidays/{day}", response={200: HoursOut, **REFUSALS})
def save_holiday(request: HttpRequest, day: date, payload: HolidayIn) -> Any:
    """A day on which the company works otherwise; without hours not at all."""
    return _kept(request, lambda: services.save_holiday(day=day, name=payload.name, hours=payload.hours))


@router.delete("/working-hours/holidays/{day}", response={204: None, **REFUSALS})
def delete_holiday(request: HttpRequest, day: date) -> Any:
    """Let a day be like any other."""
    if not policies.may_configure(member_of(request)):
        return NOT_ALLOWED
    return Status(204, None) if services.delete_holiday(day=day) else missing("holiday")


@router.put("/working-hours/people/{member_id}", response={200: HoursOut, **REFUSALS})
def save_person_hours(request: HttpRequest, member_id: int, payload: PersonHoursIn) -> Any:
    """A member's own week, null for the company's, and who is told when something of theirs is stuck."""
    member = _member(member_id)
    if member is None:
        return missing("member")
    supervisor = _member(payload.supervisor_id)
    if payload.supervisor_id is not None and supervisor is None:
        return refused(422, "invalid", "Nobody here has this number.", "supervisor_id")
    return _kept(
        request,
        lambda: services.save_person_hours(member=member, week=payload.week, supervisor=supervisor),
    )


@router.post("/working-hours/absences", response={201: AbsenceOut, **REFUSALS})
def add_absence(request: HttpRequest, payload: AbsenceIn) -> Any:
    """Note that somebody is away: they get no deals, and what waits for them waits."""
    if not policies.may_configure(member_of(request)):
        return NOT_ALLOWED
    member = _member(payload.member_id)
    if member is None:
        return refused(422, "invalid", "Nobody here has this number.", "member_id")
    try:
        made = services.add_absence(
            member=member, since=payload.since, until=payload.until, note=payload.note
        )
    except BadRuleError as bad:
        return refused(422, "invalid", bad.said, bad.place)
    return Status(201, selectors.absence_out(made))


@router.delete("/working-hours/absences/{absence_id}", response={204: None, **REFUSALS})
def delete_absence(request: HttpRequest, absence_id: int) -> Any:
    """Let somebody be there again."""
    if not policies.may_configure(member_of(request)):
        return NOT_ALLOWED
    return Status(204, None) if services.delete_absence(absence_id=absence_id) else missing("absence")


def _member(number: int | None) -> Membership | None:
    return Membership.objects.active().filter(pk=number or 0).first()


def _kept(request: HttpRequest, keep: Any) -> Any:
    if not policies.may_configure(member_of(request)):
        return NOT_ALLOWED
    try:
        keep()
    except BadRuleError as bad:
        return refused(422, "invalid", bad.said, bad.place)
    return selectors.kept_hours()
