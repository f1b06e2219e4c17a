"""Automatic exports for other programs: as on the screen, in the name of whoever made the token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from afluente.accounts.requests import member_of
from afluente.transfer import policies, services
from afluente.transfer.api.export_shapes import ScheduleChange, ScheduleNew, ScheduleOut, SchedulesOut
from afluente.transfer.api.shapes import (
    REFUSALS,
    Number,
    Paged,
    missing,
    not_allowed,
    refusal,
)
from afluente.transfer.models import Schedule

router = Router(tags=["Imports and exports"])
GIVEN = ("name", "filter_id", "columns", "format", "every", "weekday", "hour")


@router.get("/exports/schedules", response={200: SchedulesOut, **REFUSALS})
def list_schedules(request: HttpRequest, asked: Query[Paged]) -> Any:
    """Automatic exports, newest first."""
    found = policies.schedules_visible_to(member_of(request)).order_by("-pk")
    if asked.cursor:
        found = found.filter(pk__lt=asked.cursor)
    rows = list(found[: asked.limit + 1])
    following = str(rows[asked.limit - 1].pk) if len(rows) > asked.limit else None
    return {"items": [shown(one) for one in rows[: asked.limit]], "next": following}


@router.post("/exports/schedules", response={201: ScheduleOut, **REFUSALS})
def create_schedule(request: HttpRequest, payload: ScheduleNew) -> Any:
    """Have a file made every day or week, as long as the token's maker may take such records out."""
    given, kind = payload.dict(), services.export_kind(payload.about)
    if given["columns"] is None:
        known = kind.columns()
        given["columns"] = [key for key in kind.usual if key in known]
    return _saved(request, None, given)


@router.get("/exports/schedules/{schedule_id}", response={200: ScheduleOut, **REFUSALS})
def read_schedule(request: HttpRequest, schedule_id: Number) -> Any:
    """How an automatic export stands; its files are under /exports."""
    found = _seen(request, schedule_id)
    return shown(found) if found else missing("schedule")


@router.patch("/exports/schedules/{schedule_id}", response={200: ScheduleOut, **REFUSALS})
def change_schedule(request: HttpRequest, schedule_id: Number, payload: ScheduleChange) -> Any:
    """Change it; what is left out stays. It is on then, in the name of whoever made the token."""
    found = _seen(request, schedule_id)
    if found is None:
        return missing("schedule")
    kept = {name: getattr(found, name) for name in GIVEN}
    return _saved(request, found, kept | payload.dict(exclude_unset=True))


@router.delete("/exports/schedules/{schedule_id}", response={204: None, **REFUSALS})
def end_schedule(request: HttpRequest, schedule_id: Number) -> Any:
    """Make no more; the files there are stay until they expire."""
    found = _seen(request, schedule_id)
    if found is None:
        return missing("schedule")
    services.drop_schedule(schedule=found, member=member_of(request))
    return Status(204, None)


def shown(given: Schedule) -> dict[str, Any]:
    """An automatic export as a program reads it."""
    return {name: getattr(given, name) for name in ScheduleOut.model_fields}


def _seen(request: HttpRequest, schedule_id: int) -> Schedule | None:
    found: Schedule | None = policies.schedules_visible_to(member_of(request)).filter(pk=schedule_id).first()
    return found


def _saved(request: HttpRequest, found: Schedule | None, given: dict[str, Any]) -> Any:
    member = member_of(request)
    kind = services.export_kind(found.about if found else given["about"])
    if not kind.may(member):
        return not_allowed()
    if given["format"] not in kind.formats:
        return refusal(422, "invalid", "Deals are exported as csv or xlsx.", "format")
    known = kind.columns()
    for index, key in enumerate(given["columns"]):
        if key not in known and not (found and key in found.columns):
            return refusal(422, "invalid", "Nothing is called so: see /exports/columns.", f"columns.{index}")
    given["columns"] = list(dict.fromkeys(given["columns"]))
    try:
        saved = services.save_schedule(schedule=found, member=member, **given)
    except services.ScheduleRefusedError as refused:
        return refusal(422, "invalid", str(refused))
    return shown(saved) if found else Status(201, shown(saved))
