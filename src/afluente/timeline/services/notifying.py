"""Telling members: written as a set, in the transaction of what they are told about."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.kernel import clock, jobs
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline import statements
from afluente.timeline.events import Actor, NewEvent
from afluente.timeline.models import Notification, Preference
from afluente.timeline.selectors import notices
from afluente.timeline.services.recording import record

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership

MAIL_JOB = "timeline.mail_unread"
DELAYS = (5, 15, 60, 240)  # minutes somebody may choose


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One thing one member is told. The caller has made sure that they may see the record."""

    member_id: int
    kind: str
    record_kind: str
    record_id: int
    actor: Actor
    comment_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def notify(notices_: Sequence[Notice]) -> int:
    """Tell members, each as they chose; how many were told. About one comment everybody is told of
    one kind once, however often it is changed.
    """
    chosen = notices.preferences_of({one.member_id for one in notices_})
    wanted = [_with_ways(one, chosen.get(one.member_id)) for one in notices_]
    wanted = [(one, ways) for one, ways in wanted if ways]
    if not wanted:
        return 0
    fresh = statements.insert_notices([_row(one, in_app=notices.APP in ways) for one, ways in wanted])
    told = {member for _, member in fresh}
    _say_live(told & {one.member_id for one, ways in wanted if notices.APP in ways})
    mailed = told & {one.member_id for one, ways in wanted if notices.MAIL in ways}
    _plan_mail({member: (chosen.get(member) or notices.DEFAULT).mail_after for member in mailed})
    return len(fresh)


def _with_ways(one: Notice, preference: Preference | None) -> tuple[Notice, Collection[str]]:
    return one, notices.channels_of(preference, one.kind)


def _row(one: Notice, *, in_app: bool) -> statements.NewNotice:
    return statements.NewNotice(
        member_id=one.member_id,
        kind=one.kind,
        record_kind=one.record_kind,
        record_id=one.record_id,
        comment_id=one.comment_id,
        actor_id=one.actor.id,
        actor_name=one.actor.name,
        data=one.data,
        in_app=in_app,
    )


def _say_live(member_ids: set[int]) -> None:
    """One hidden event each, which the live stream carries to that member alone."""
    record(
        [
            NewEvent("notification.added", Actor("system"), data={"member": number})
            for number in sorted(member_ids)
        ]
    )


def _plan_mail(delays: Mapping[int, int]) -> None:
    """One letter waits per member; what comes until it leaves goes with it."""
    by_delay: dict[int, list[int]] = defaultdict(list)
    for member_id, minutes in sorted(delays.items()):
        by_delay[minutes].append(member_id)
    workspace = current_workspace_id()
    for minutes, members in by_delay.items():
        jobs.enqueue_many(
            MAIL_JOB,
            [{"member_id": member_id} for member_id in members],
            keys=[f"{workspace}:{member_id}" for member_id in members],
            due_at=clock.now() + dt.timedelta(minutes=minutes),
            workspace_id=workspace,
        )


def mark_read(*, found: QuerySet[Notification]) -> dt.datetime | None:
    """Mark as read what is not; the moment they now carry, None when there was nothing to mark.

    `mark_unread` with that moment takes back exactly this.
    """
    moment = clock.now()
    return moment if found.filter(read_at=None).update(read_at=moment) else None


def mark_unread(*, found: QuerySet[Notification], moment: dt.datetime | None = None) -> int:
    """Mark as unread: all of `found`, or only what was read at `moment`; how many."""
    narrowed = found.exclude(read_at=None) if moment is None else found.filter(read_at=moment)
    return narrowed.update(read_at=None)


def save_channels(*, member: Membership, channels: Mapping[str, Sequence[str]], mail_after: int) -> None:
    """Keep how `member` wants to be told. `mail_after` is in minutes, one of DELAYS."""
    Preference.objects.update_or_create(
        member=member,
        defaults={
            "channels": {kind: list(ways) for kind, ways in channels.items()},
            "mail_after": mail_after,
        },
    )


def hide_groups(*, member: Membership, groups: Sequence[str]) -> None:
    """Leave these groups of kinds out of every history that `member` reads."""
    Preference.objects.update_or_create(member=member, defaults={"hidden_groups": list(groups)})
