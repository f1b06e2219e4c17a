"""Telling members: written as a set, in the transaction of what they are told about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.kernel import clock
from afluente.timeline import statements
from afluente.timeline.events import Actor, NewEvent
from afluente.timeline.models import Notification, Preference
from afluente.timeline.selectors import notices
from afluente.timeline.services.planning import plan_letters, replan_letter
from afluente.timeline.services.pushing import plan_pushes
from afluente.timeline.services.recording import record

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership


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
    told = {member for _, member, _ in fresh}
    _say_live(told & {one.member_id for one, ways in wanted if notices.APP in ways})
    mailed = {one.member_id: False for one, ways in wanted if notices.MAIL in ways and one.member_id in told}
    for one, ways in wanted:
        if one.member_id in mailed and notices.MAIL in ways and notices.notification_kind(one.kind).is_urgent:
            mailed[one.member_id] = True
    plan_letters(mailed, chosen)
    pushed = [
        (pk, member)
        for pk, member, kind in fresh
        if notices.PUSH in notices.channels_of(chosen.get(member), kind)
    ]
    if pushed:
        plan_pushes(pushed)
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


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How a member wants to be told: by kind, the ways and what it is narrowed to; and when letters leave."""

    channels: Mapping[str, Sequence[str]]
    choices: Mapping[str, Sequence[int]] = field(default_factory=dict)
    rhythm: str = Preference.Rhythm.SOON
    mail_after: int = 15  # minutes, one of DELAYS
    mail_hour: int = 8


@transaction.atomic
def save_ways(*, member: Membership, ways: Ways) -> None:
    """Keep how `member` wants to be told. A letter that waits leaves by the new rhythm."""
    preference, _ = Preference.objects.update_or_create(
        member=member,
        defaults={
            "channels": {kind: list(one) for kind, one in ways.channels.items()},
            "choices": {kind: list(one) for kind, one in ways.choices.items() if one},
            "rhythm": ways.rhythm,
            "mail_after": ways.mail_after,
            "mail_hour": ways.mail_hour,
        },
    )
    replan_letter(member, preference)


def hide_groups(*, member: Membership, groups: Sequence[str]) -> None:
    """Leave these groups of kinds out of every history that `member` reads."""
    Preference.objects.update_or_create(member=member, defaults={"hidden_groups": list(groups)})
