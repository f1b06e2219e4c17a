"""When letters leave: one waits per member, and one more for what cannot wait."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import defaultdict
from typing import TYPE_CHECKING

from afluente.accounts.models import Membership
from afluente.kernel import clock, jobs
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline.models import Notification, Preference
from afluente.timeline.selectors import notices

if TYPE_CHECKING:
    from collections.abc import Mapping

MAIL_JOB = "timeline.mail_unread"
DELAYS = (5, 15, 60, 240)  # minutes somebody may choose


def plan_letters(members: Mapping[int, bool], chosen: Mapping[int, Preference]) -> None:
    """See to it that a letter waits for each of `members`; True when something in it cannot wait.

    What comes until a letter leaves goes with it, so one that waits is never put off.
    """
    daily = [pk for pk in members if _of(chosen, pk).rhythm == Preference.Rhythm.DAILY]
    zones = _zones(daily) if daily else {}
    now = clock.now()
    by_moment: dict[dt.datetime, list[int]] = defaultdict(list)
    for pk in sorted(members):
        by_moment[leaves_at(_of(chosen, pk), zones.get(pk), now)].append(pk)
    for moment, waiting in by_moment.items():
        _queue(waiting, moment, is_urgent=False)
    urgent = sorted(pk for pk, is_urgent in members.items() if is_urgent)
    if urgent:
        _queue(urgent, None, is_urgent=True)


def replan_letter(member: Membership, preference: Preference) -> None:
    """Let the letter that waits for `member`, if one does, leave by their new wishes."""
    if not jobs.cancel(MAIL_JOB, key=_key(member.pk, is_urgent=False)):
        return
    if Notification.objects.filter(member=member, read_at=None, mailed_at=None).exists():
        plan_letters({member.pk: False}, {member.pk: preference})


def leaves_at(preference: Preference, zone: zoneinfo.ZoneInfo | None, now: dt.datetime) -> dt.datetime:
    """When a letter about something told `now` leaves. `zone` is where the member lives."""
    if preference.rhythm == Preference.Rhythm.HOURLY:
        return now.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
    if preference.rhythm == Preference.Rhythm.DAILY:
        here = now.astimezone(zone or dt.UTC)
        hour = dt.time(preference.mail_hour, tzinfo=here.tzinfo)
        today = dt.datetime.combine(here.date(), hour)
        chosen = today if today > here else dt.datetime.combine(here.date() + dt.timedelta(days=1), hour)
        return chosen.astimezone(dt.UTC)
    return now + dt.timedelta(minutes=preference.mail_after)


def _of(chosen: Mapping[int, Preference], pk: int) -> Preference:
    return chosen.get(pk) or notices.DEFAULT


def _zones(members: list[int]) -> dict[int, zoneinfo.ZoneInfo]:
    found = Membership.objects.filter(pk__in=members).select_related("user", "workspace")
    return {one.pk: zone_of(one) for one in found}


def zone_of(member: Membership) -> zoneinfo.ZoneInfo:
    """Where a member lives; have `user` and `workspace` at hand."""
    return zoneinfo.ZoneInfo(member.user.timezone or member.workspace.timezone)


def _queue(members: list[int], moment: dt.datetime | None, *, is_urgent: bool) -> None:
    more = {"is_urgent": True} if is_urgent else {}
    jobs.enqueue_many(
        MAIL_JOB,
        [{"member_id": pk, **more} for pk in members],
        keys=[_key(pk, is_urgent=is_urgent) for pk in members],
        due_at=moment,
        workspace_id=current_workspace_id(),
    )


def _key(member_id: int, *, is_urgent: bool) -> str:
    return f"{current_workspace_id()}:{member_id}{':now' if is_urgent else ''}"
