"""A person's calendar for other programs: its secret address, and what stands in it (ADR 0133)."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import TYPE_CHECKING, Any

import icalendar
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from afluente.kernel import box, clock
from afluente.tasks import policies
from afluente.tasks.models import CalendarFeed, Task, TaskObserver
from afluente.tasks.selectors.about import linked
from afluente.tasks.selectors.recurrence import Rule, zone
from afluente.tasks.services.reminding import MORNING
from afluente.tasks.services.zones import timezone_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from afluente.accounts.models import Membership
    from afluente.tasks.selectors.about import Linked

PAST = dt.timedelta(days=90)  # how long what is over stays in the calendar
MOST = 2_000  # entries of one calendar


@transaction.atomic
def make_feed(*, member: Membership) -> str:
    """Give `member` a calendar address, a new one when there is one already; the secret of it."""
    secret = secrets.token_urlsafe(24)
    CalendarFeed.objects.update_or_create(
        member=member,
        defaults={
            "digest": _digest(secret),
            "box": box.seal(secret),
            "made_at": clock.now(),
            "read_at": None,
        },
    )
    return secret


def end_feed(*, member: Membership) -> bool:
    """Let the address lead nowhere; whether there was one."""
    return bool(CalendarFeed.objects.filter(member=member).delete()[0])


def feed_secret(*, member: Membership) -> str:
    """The secret of a person's calendar address; '' when they have none."""
    feed = CalendarFeed.objects.filter(member=member).first()
    return box.unseal(feed.box) if feed else ""


def feed_member(secret: str) -> Membership | None:
    """Whose calendar this secret opens: only of an active person."""
    feed = CalendarFeed.objects.filter(digest=_digest(secret)).select_related(
        "member__user", "member__custom_role", "member__workspace", "member__team"
    )
    found = feed.filter(member__is_active=True, member__user__is_active=True).first()
    if found is None:
        return None
    CalendarFeed.objects.filter(pk=found.pk).update(read_at=clock.now())
    member: Membership = found.member
    return member


def calendar_of(member: Membership) -> bytes:
    """What `member` has to do or takes part in, as RFC 5545 writes it: calls, meetings and deadlines.

    What was deleted since stands there as cancelled, so that other calendars take it away.
    """
    follows = TaskObserver.objects.filter(task_id=OuterRef("pk"), member_id=member.pk)
    own = Q(assignee_id=member.pk) | Q(Exists(follows))
    since = clock.now() - PAST
    seen = policies.visible_to(member) | policies.gone_for(member).filter(deleted_at__gte=since)
    found = seen.filter(own, Q(due_at__gte=since) | Q(done_at=None), due_at__isnull=False)
    tasks = list(found.select_related("assignee__user").order_by("-due_at", "-pk")[:MOST])
    about = linked([task.pk for task in tasks], member=member)
    here = zone()
    whole = icalendar.Calendar()
    whole.add("prodid", "-//Afluente//Tasks//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", f"Afluente: {member.workspace.name}")
    if tasks:
        year = clock.now().year
        years = [task.due_at.astimezone(here).year for task in tasks if task.due_at is not None]
        whole.add_component(timezone_of(here, first=max(min(years) - 1, year - 10), now=year))
    for task in tasks:
        whole.add_component(_event(task, about.get(task.pk, ()), here))
    written: bytes = whole.to_ical()
    return written


def _event(task: Task, about: Sequence[Linked], here: ZoneInfo) -> icalendar.Event:
    assert task.due_at is not None
    event = icalendar.Event()
    event.add("uid", f"task-{task.workspace_id}-{task.pk}@{settings.ENVIRONMENT.netloc}")
    event.add("dtstamp", task.updated_at)
    event.add("last-modified", task.updated_at)
    event.add("created", task.created_at)
    event.add("summary", task.title)
    for name, value in _times(task, here).items():
        event.add(name, value)
    event.add("status", "CANCELLED" if task.deleted_at else "CONFIRMED")
    event.add("transp", "OPAQUE" if task.is_planned else "TRANSPARENT")
    if task.repeat and not task.done_at:
        event.add("rrule", _rule(task, here))
    if place := task.place or task.phone:
        event.add("location", place)
    words = [task.description, ", ".join(one.name for one in about), _page(task)]
    event.add("description", "\n\n".join(part for part in words if part))
    event.add("url", _page(task))
    if task.remind_before is not None and task.is_open and not task.deleted_at:
        event.add_component(_alarm(task))
    return event


def _alarm(task: Task) -> icalendar.Alarm:
    """As long before as people are reminded here; a day alone is counted from its morning."""
    assert task.remind_before is not None
    before = dt.timedelta(minutes=-task.remind_before)
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", task.title)
    alarm.add("trigger", before + MORNING if task.due_is_day else before)
    return alarm


def _times(task: Task, here: ZoneInfo) -> dict[str, Any]:
    """Beginning and end; a whole day when only the day was named, as its last second says."""
    assert task.due_at is not None
    end = task.due_at.astimezone(here)
    if task.due_is_day:
        first = task.start_at.astimezone(here).date() if task.is_planned and task.start_at else end.date()
        return {"dtstart": first, "dtend": end.date() + dt.timedelta(days=1)}
    start = task.start_at.astimezone(here) if task.is_planned and task.start_at else end
    return {"dtstart": start, "dtend": end} if end > start else {"dtstart": start}


def _rule(task: Task, here: ZoneInfo) -> icalendar.vRecur:
    """The rule; its last day in UTC where the beginning has a time, as the standard asks."""
    rule = Rule.read(task.repeat)
    if until := rule.until:
        last = dt.datetime.combine(until, dt.time(23, 59, 59), tzinfo=here).astimezone(dt.UTC)
        rule = rule.but(UNTIL=f"{until:%Y%m%d}" if task.due_is_day else f"{last:%Y%m%dT%H%M%SZ}")
    written: icalendar.vRecur = icalendar.vRecur.from_ical(str(rule))
    return written


def _page(task: Task) -> str:
    return f"{settings.ENVIRONMENT.base_url.rstrip('/')}/tasks/{task.pk}/"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
