"""Exports that make themselves (SP-227): a kept filter, its columns, every day or week.

Whether its member may still export is asked each time; who may not any more is told, and it stops.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation

from afluente.accounts import policies as accounts
from afluente.accounts.models import Membership
from afluente.accounts.services import record_audit
from afluente.contacts import selectors as contacts
from afluente.contacts.selectors.saved import seen_filter
from afluente.kernel import clock, jobs
from afluente.kernel.sayings import gettext
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM
from afluente.transfer.models import Export, Schedule
from afluente.transfer.services.export_kinds import CONTACTS, export_kind
from afluente.transfer.services.exporting import ExportRefusedError, begin_export

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEDULED = "transfer.scheduled"
STOPPED = "export.stopped"  # of a notification
Every = Schedule.Every


class ScheduleRefusedError(Exception):
    """It cannot be set up like this; the text is a sentence for people."""


@transaction.atomic
def save_schedule(
    *,
    schedule: Schedule | None,
    name: str,
    filter_id: int | None,
    columns: Sequence[str],
    member: Membership,
    format: str = Export.Format.CSV,  # noqa: A002  what people call it
    every: str = Every.DAY,
    weekday: int = 0,
    hour: int = 6,
    about: str = CONTACTS,
) -> Schedule:
    """Set up an automatic export, or change it; it is on then, and `member` is whose right counts. One that is
    there stays about what it is about.

    Raises ScheduleRefusedError.
    """
    kind = export_kind(schedule.about if schedule else about)
    if format not in kind.formats:
        raise ScheduleRefusedError(gettext("Choose CSV or XLSX."))
    if not columns and format != Export.Format.VCARD:
        raise ScheduleRefusedError(gettext("Choose at least one column."))
    kept = seen_filter(member, filter_id, kind.entity) if filter_id is not None else None
    if filter_id is not None and kept is None:
        raise ScheduleRefusedError(gettext("There is no such filter any more. Choose another one."))
    held = schedule or Schedule(about=kind.slug, created_at=clock.now())
    held.name, held.filter_id, held.columns, held.format = name, filter_id, list(columns), format
    held.every, held.weekday, held.hour, held.member = every, weekday, hour, member
    held.is_on, held.reason, held.due_at = True, "", next_due(held, clock.now())
    held.save()
    told = {"filter": kept.name if kept else None, "columns": held.columns, "format": format, "every": every}
    record_audit(kind="export.scheduled", by=member, subject=name, after=told)
    _plan(held)
    return held


def next_due(one: Schedule, after: dt.datetime) -> dt.datetime:
    """The first moment after `after` at its hour, and on its weekday when it is weekly."""
    zone = contacts.home().zone
    here = after.astimezone(zone)
    due = here.replace(hour=one.hour, minute=0, second=0, microsecond=0)
    while due <= here or (one.every == Every.WEEK and due.weekday() != one.weekday):
        due += dt.timedelta(days=1)  # by the clock on the wall: a change of summer time moves nothing
    return due.astimezone(dt.UTC)


@transaction.atomic
def run_schedule(*, schedule_id: int) -> Export | None:
    """Begin the export whose hour has come and plan the next; or stop, and tell whoever set it up."""
    held = (
        Schedule.objects.select_for_update(of=("self",))
        .select_related("member__user")
        .filter(pk=schedule_id)
        .first()
    )
    if held is None or not held.is_on:
        return None
    if held.due_at > clock.now():  # changed since this was queued
        _plan(held)
        return None
    language = held.member.user.language if held.member else "en"
    with translation.override(language):
        made = _begin(held)
    if made is None:
        return None
    held.last_at = clock.now()
    held.due_at = next_due(held, held.last_at)
    held.save(update_fields=["last_at", "due_at"])
    _plan(held)
    return made


def _begin(held: Schedule) -> Export | None:
    member, kind = held.member, export_kind(held.about)
    if member is None or not member.is_active or not kind.may(member):
        return _stop(held, gettext("Whoever set it up may no longer export."))
    query = None
    if held.filter_id is not None:
        kept = seen_filter(member, held.filter_id, kind.entity)
        if kept is None:
            return _stop(held, gettext("Its filter was deleted, or is no longer shared."))
        query = kept.query
        if found := kind.problems(member, query):
            return _stop(held, gettext("Its filter is broken: {why}").format(why=" ".join(found)))
    try:
        return begin_export(
            about=kind.slug,
            selection=kind.selection(query=kind.planned(query)),
            columns=held.columns,
            format=held.format,
            member=member,
            schedule=held,
        )
    except ExportRefusedError as refused:  # all of its columns are gone
        return _stop(held, str(refused))


def _stop(held: Schedule, reason: str) -> Export | None:
    """Turn it off and say why: no export comes of it."""
    held.is_on, held.reason = False, reason
    held.save(update_fields=["is_on", "reason"])
    record_audit(kind="export.unscheduled", by=None, subject=held.name, after={"reason": reason})
    timeline.notify(
        [
            timeline.Notice(
                member_id=number, kind=STOPPED, record_kind="schedule", record_id=held.pk, actor=SYSTEM
            )
            for number in _told(held)
        ]
    )
    return None


def _told(held: Schedule) -> list[int]:
    """Whoever set it up; when they are gone, those who set up the workspace."""
    if held.member is not None and held.member.is_active:
        return [held.member.pk]
    everybody = Membership.objects.filter(is_active=True).select_related("user", "custom_role")
    return [one.pk for one in everybody if accounts.may_administer(one)]


@transaction.atomic
def drop_schedule(*, schedule: Schedule, member: Membership) -> None:
    """Make no more; the files there are stay until they expire."""
    record_audit(kind="export.unscheduled", by=member, subject=schedule.name)
    jobs.cancel(SCHEDULED, key=_key(schedule))
    Export.objects.filter(schedule=schedule).update(schedule=None)
    schedule.delete()


def _plan(one: Schedule) -> None:
    jobs.cancel(SCHEDULED, key=_key(one))  # of two due times the earlier one would count
    jobs.enqueue(
        SCHEDULED,
        {"schedule_id": one.pk},
        key=_key(one),
        due_at=one.due_at,
        workspace_id=current_workspace_id(),
    )


def _key(one: Schedule) -> str:
    return f"{current_workspace_id()}:{one.pk}"
