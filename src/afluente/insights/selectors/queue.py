"""What there is to do today: what is late, who waits for an answer, what is due; and of all that one thing first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import (
    Avg,
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Q,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Least, NullIf
from django.utils import timezone

from afluente.deals import policies as deal_policies
from afluente.deals.selectors.cards import FIELDS
from afluente.insights.selectors.today import MORE, NO_WAYS, Line, Ways, lines, ways_to
from afluente.kernel import clock
from afluente.tasks import policies as task_policies
from afluente.tasks import selectors as task_selectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models.expressions import CombinedExpression

    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet
    from afluente.tasks.models import TaskQuerySet
    from afluente.tasks.selectors import Row

TASKS, LEADS, MOST_LEADS = 6, 5, 100  # shown; leads when all are asked for
WAITING = dt.timedelta(days=14)  # who waited longer is on the board, and hardly at the screen any more
FRESH = dt.timedelta(hours=1)  # a lead that came meanwhile goes before what is late
SOON = dt.timedelta(minutes=30)
MOST_WEIGHT = 4  # how often the usual amount counts at most


@dataclass(frozen=True, kw_only=True)
class Due:
    """A task of today, and how the person it is about is reached."""

    row: Row
    ways: Ways = NO_WAYS
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One's day. `first_task` or `first_lead` is what comes next; it stands in neither list."""

    late: Sequence[Due]
    today: Sequence[Due]
    leads: Sequence[Line]
    late_count: int
    today_count: int
    lead_count: int
    first_task: Due | None = None
    first_lead: Line | None = None

    @property
    def more(self) -> int:
        """Tasks of today that are not shown."""
        shown = len(self.late) + len(self.today) + (self.first_task is not None)
        return self.late_count + self.today_count - shown

    @property
    def more_leads(self) -> int:
        """Leads that wait and are not shown."""
        return self.lead_count - len(self.leads) - (self.first_lead is not None)

    @property
    def is_long(self) -> bool:
        """Whether more leads are shown than usually."""
        return len(self.leads) > LEADS


def queue(*, member: Membership, most: int = LEADS) -> Queue:
    """What `member` has to do today, with at most so many leads: as many queries for one thing as for a thousand."""
    now = clock.now()
    dues, late_count, today_count = _dues(member, now)
    found, fresh, lead_count = _waiting(member, now, most)
    about = {one.id for due in dues for one in due.row.about if one.kind == "contact"}
    lead_people = {line.card.contact_id for line in (*found, fresh) if line and line.card.contact_id}
    ways = ways_to(about | lead_people)
    dues = [replace(due, ways=_ways_of(due.row, ways)) for due in dues]
    leads, came = (
        [replace(line, ways=ways.get(line.card.contact_id or 0, NO_WAYS)) for line in some if line]
        for some in (found, [fresh])
    )
    first_task, first_lead = _first(dues, leads, came, now)
    rest = [due for due in dues if due is not first_task]
    return Queue(
        late=[due for due in rest if due.is_late],
        today=[due for due in rest if not due.is_late],
        leads=[line for line in leads if first_lead is None or line.card.id != first_lead.card.id],
        late_count=late_count,
        today_count=today_count,
        lead_count=lead_count,
        first_task=first_task,
        first_lead=first_lead,
    )


def _dues(member: Membership, now: dt.datetime) -> tuple[list[Due], int, int]:
    if not task_policies.may_list(member):
        return [], 0, 0
    end = task_selectors.end_of_day(timezone.localdate())
    own: TaskQuerySet = task_policies.visible_to(member).open()
    own = own.filter(assignee_id=member.pk, due_at__lte=end)
    is_late = Q(due_at__lt=now)
    counted = own.aggregate(late=Count("pk", filter=is_late), today=Count("pk", filter=~is_late))
    soon = Q(due_at__gte=now) & Q(due_is_day=False) & (Q(due_at__lt=now + SOON) | Q(start_at__lt=now + SOON))
    ordered = own.order_by(
        Case(When(soon, then=0), When(is_late, then=1), default=2, output_field=IntegerField()),
        Case(When(is_late, then=-F("priority")), default=0, output_field=IntegerField()),
        "due_at",
        "pk",
    )
    tasks = list(ordered.select_related("step", "assignee__user")[:TASKS])
    rows = task_selectors.rows(tasks, member=member)
    dues = [Due(row=row, is_late=row.task.due_at is not None and row.task.due_at < now) for row in rows]
    return dues, counted["late"], counted["today"]


def _waiting(member: Membership, now: dt.datetime, most: int) -> tuple[list[Line], Line | None, int]:
    """Who waits for `member` or for nobody in particular, the lead of the last hour that is worth most, and how
    many wait. They are ranked by little and only then read in full, which keeps thousands of them cheap.
    """
    if not deal_policies.may_list(member):
        return [], None, 0
    ranked = waiting_for(member, since=now - WAITING).annotate(
        urgency=_urgency(now), opened=F("journeys__opened_at"), count=Window(Count("pk"))
    )
    first = list(ranked.order_by("-urgency", "pk").values_list("pk", "opened", "count")[:most])
    if not first:
        return [], None, 0
    opened = {pk: moment for pk, moment, _ in first}
    came = _fresh(member, now)
    found = _lines(member, opened | came)
    fresh = next((found[pk] for pk in came if pk in found), None)
    return [found[pk] for pk in opened if pk in found], fresh, first[0][2]


def _fresh(member: Membership, now: dt.datetime) -> dict[int, dt.datetime]:
    """The lead of the last hour that is worth most, with the moment it came."""
    found = waiting_for(member, since=now - FRESH).annotate(worth=_worth(), opened=F("journeys__opened_at"))
    return dict(found.order_by("-worth", "opened", "pk").values_list("pk", "opened")[:1])


def _lines(member: Membership, opened: dict[int, dt.datetime]) -> dict[int, Line]:
    """Lines of these deals, which `member` sees, by their id."""
    rows = list(deal_policies.visible_to(member).filter(pk__in=opened).values(*FIELDS, *MORE))
    moments = [{**row, "opened_at": opened[row["id"]]} for row in rows]
    return {line.card.id: line for line in lines(moments, member=member, moment="opened_at")}


def waiting_for(member: Membership, *, since: dt.datetime) -> DealQuerySet:
    """Open deals that came by themselves since then and that nobody has answered: the member's own and nobody's."""
    return (
        deal_policies.visible_to(member)
        .open()
        .filter(Q(assignee_id=member.pk) | Q(assignee=None))
        .filter(journeys__is_waiting=True, journeys__opened_at__gte=since)
    )


def _urgency(now: dt.datetime) -> ExpressionWrapper[CombinedExpression]:
    """The time it waited, counted once more for each usual amount it is worth: a deal of three times the
    average of those that wait, in its currency, weighs as if it had waited four times as long.
    """
    weight = Value(1.0) + Least(_worth(), Value(float(MOST_WEIGHT)))
    waited = Value(now, output_field=DateTimeField()) - F("journeys__opened_at")
    return ExpressionWrapper(waited * weight, output_field=DurationField())


def _worth() -> Cast:
    """An amount in usual amounts: those of the others that wait, in its currency."""
    usual = NullIf(Window(Avg("amount"), partition_by=[F("currency")]), Value(0))
    return Cast(Coalesce(F("amount") / usual, Value(0), output_field=FloatField()), FloatField())


def _ways_of(row: Row, ways: dict[int, Ways]) -> Ways:
    """How the people of a task are reached: the number that it names, else those of the first contact."""
    named = next((ways[one.id] for one in row.about if one.kind == "contact" and one.id in ways), NO_WAYS)
    digits = "".join(sign for sign in row.task.phone if sign.isdigit() or sign == "+")
    return replace(named, call=f"tel:{digits}") if digits else named


def _first(
    dues: Sequence[Due], leads: Sequence[Line], came: Sequence[Line], now: dt.datetime
) -> tuple[Due | None, Line | None]:
    """What comes next: what begins in a moment, a lead that has just come, what is late, who waits, the rest."""
    due, lead = dues[0] if dues else None, leads[0] if leads else None
    if due is not None and not due.is_late and _is_soon(due, now):
        return due, None
    if came:
        return None, came[0]
    if due is not None and (due.is_late or lead is None):
        return due, None
    return None, lead


def _is_soon(due: Due, now: dt.datetime) -> bool:
    task = due.row.task
    anchor = task.anchor
    return not task.due_is_day and anchor is not None and anchor < now + SOON
