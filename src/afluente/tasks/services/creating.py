"""Making tasks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.accounts.models import Action, Area, Membership
from afluente.accounts.policies import may
from afluente.kernel import clock, set_statements, text
from afluente.kernel.sayings import gettext
from afluente.tasks.models import (
    PHONE,
    PLACE,
    REMINDERS,
    TITLE,
    Step,
    Task,
    TaskCompany,
    TaskContact,
    TaskDeal,
    TaskObserver,
    TaskTag,
)
from afluente.tasks.selectors.recurrence import BadRuleError, Rule, wall_clock, zone
from afluente.tasks.services.first_board import default_board
from afluente.tasks.services.news import FOLLOWED
from afluente.tasks.services.placing import on_top
from afluente.tasks.services.refusing import TaskRefusedError
from afluente.tasks.services.reminding import plan_reminders
from afluente.tasks.services.telling import tell
from afluente.timeline import services as timeline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from afluente.timeline.events import Actor

LONGEST = 10_000  # characters of a description
ASSIGNED = "task_assigned"


@dataclass(frozen=True, kw_only=True)
class NewTask:
    """What a task starts with. Without `step_id` it is the first step of the default board.

    Whoever asks has checked that the assignee, observers and what it is about may be named.
    """

    title: str
    description: str = ""
    step_id: int | None = None
    priority: int = Task.Priority.MEDIUM
    assignee_id: int | None = None
    created_by_id: int | None = None
    start_at: datetime | None = None
    due_at: datetime | None = None
    due_is_day: bool = False
    source: str = "manual"
    parent_id: int | None = None
    kind: str = Task.Kind.TASK
    place: str = ""
    phone: str = ""
    repeat: str = ""
    remind_before: int | None = None
    made_from_id: int | None = None
    observer_ids: Sequence[int] = ()
    tag_ids: Sequence[int] = ()
    contact_ids: Sequence[int] = ()
    deal_ids: Sequence[int] = ()
    company_ids: Sequence[int] = ()
    created_at: datetime | None = None
    done_at: datetime | None = None
    told: Mapping[str, Any] = field(default_factory=dict)  # what the log says besides


@transaction.atomic
def create_tasks(*, tasks: Sequence[NewTask], by: Actor, is_news: bool = True) -> list[int]:
    """Make tasks with their links; their ids in the order given. Whoever gets one is told, unless it `is_news`
    to nobody.

    Raises TaskRefusedError.
    """
    if not tasks:
        return []
    steps = _steps({task.step_id for task in tasks})
    places = on_top(len(tasks))
    rows = [_row(task, steps[task.step_id], at) for task, at in zip(tasks, places, strict=True)]
    set_statements.insert(rows)
    _link(rows, tasks)
    plan_reminders([row for row in rows if row.due_at is not None])
    told = {row.pk: new.told for row, new in zip(rows, tasks, strict=True)}
    tell(kind="task.created", by=by, data=told)
    if is_news:
        _tell_of_new(rows, tasks, by)
    return [row.pk for row in rows]


def _tell_of_new(rows: Sequence[Task], tasks: Sequence[NewTask], by: Actor) -> None:
    tell_members([(row.pk, row.assignee_id) for row in rows], by=by)
    followers = [
        (row.pk, number)
        for row, new in zip(rows, tasks, strict=True)
        for number in dict.fromkeys(new.observer_ids)
        if number != row.assignee_id
    ]
    tell_members(followers, by=by, kind=FOLLOWED)


def checked_title(typed: str) -> str:
    """A title as it is kept. Raises TaskRefusedError."""
    title = text.clean(typed, limit=1_000)
    if not title:
        raise TaskRefusedError(gettext("Say what is to be done."), "title")
    if len(title) > TITLE:
        raise TaskRefusedError(gettext("This is longer than {n} characters.").format(n=TITLE), "title")
    return title


def checked_rule(written: str, *, anchor: datetime | None, at: ZoneInfo | None = None) -> str:
    """A rule of repetition as it is kept; '' for none. Raises TaskRefusedError.

    `at` is the workspace's time zone, for callers without a workspace around them; it is read when left out.
    """
    if not written.strip():
        return ""
    if anchor is None:
        raise TaskRefusedError(gettext("A task that repeats needs a deadline."), "repeat")
    try:
        rule = Rule.read(written)
    except BadRuleError as error:
        said = gettext("This is no rule that a task can repeat by: {part}").format(part=error.part)
        raise TaskRefusedError(said, "repeat") from error
    if not rule.comes_again(wall_clock(anchor, at or zone())):
        raise TaskRefusedError(gettext("No day is meant by this rule: it would never come again."), "repeat")
    return str(rule)


def checked_reminder(minutes: int | None) -> int | None:
    """How long before a task somebody is reminded. Raises TaskRefusedError."""
    if minutes is not None and minutes not in REMINDERS:
        raise TaskRefusedError(gettext("There is no such reminder to choose."), "remind_before")
    return minutes


def check_dates(start_at: datetime | None, due_at: datetime | None) -> None:
    """Raises TaskRefusedError when a task would end before it begins."""
    if start_at is not None and due_at is not None and start_at > due_at:
        raise TaskRefusedError(gettext("The deadline is before the start."), "due_at")


def check_planned(kind: str, start_at: datetime | None, due_at: datetime | None) -> None:
    """Raises TaskRefusedError for a call or a meeting without a moment when it begins and ends."""
    if kind != Task.Kind.TASK and (start_at is None or due_at is None):
        raise TaskRefusedError(gettext("Say when it begins."), "start_at")


def tell_members(given: Iterable[tuple[int, int | None]], *, by: Actor, kind: str = ASSIGNED) -> None:
    """Notify the members of (task, member) pairs who were given a task by somebody else and may see it, or of
    another `kind`. Many at once are one notification and their number.
    """
    own = by.id if by.kind == "member" else None
    told = [(task_id, number) for task_id, number in given if number is not None and number != own]
    if not told:
        return
    people = Membership.objects.filter(pk__in={number for _, number in told}).select_related(
        "user", "custom_role"
    )
    seeing = {one.pk for one in people if may(one, Area.TASKS, Action.VIEW)}
    giver = by if by.kind == "member" else replace(by, id=None, name="")  # no rule, no program "gave" it
    timeline.notify(
        timeline.gathered(
            timeline.Notice(member_id=number, kind=kind, record_kind="task", record_id=task_id, actor=giver)
            for task_id, number in told
            if number in seeing
        )
    )


def _steps(wanted: Collection[int | None]) -> dict[int | None, Step]:
    """The steps by id; under None the one where tasks begin. Raises TaskRefusedError."""
    ids = {step_id for step_id in wanted if step_id is not None}
    found: dict[int | None, Step] = {step.pk: step for step in Step.objects.filter(pk__in=ids)} if ids else {}
    if len(found) < len(ids):
        raise TaskRefusedError(gettext("That step is gone."), "step")
    if None in wanted:
        first = Step.objects.filter(board=default_board()).exclude(kind=Step.Kind.DONE)
        found[None] = first.order_by("position", "pk")[0]
    return found


def _row(task: NewTask, step: Step, at: Decimal) -> Task:
    check_dates(task.start_at, task.due_at)
    check_planned(task.kind, task.start_at, task.due_at)
    now = clock.now()
    return Task(
        title=checked_title(task.title),
        description=task.description.replace("\x00", "").strip()[:LONGEST],
        board_id=step.board_id,
        step=step,
        position=at,
        parent_id=task.parent_id,
        kind=task.kind,
        place=text.clean(task.place, limit=PLACE),
        phone=text.clean(task.phone, limit=PHONE),
        repeat=checked_rule(task.repeat, anchor=task.due_at or task.start_at),
        remind_before=checked_reminder(task.remind_before),
        made_from_id=task.made_from_id,
        priority=task.priority,
        assignee_id=task.assignee_id,
        created_by_id=task.created_by_id,
        source=task.source,
        start_at=task.start_at,
        due_at=task.due_at,
        due_is_day=task.due_is_day and task.due_at is not None,
        created_at=task.created_at or now,
        updated_at=now,
        done_at=(task.done_at or now) if step.kind == Step.Kind.DONE else None,
    )


def _link(rows: Sequence[Task], tasks: Sequence[NewTask]) -> None:
    for model, column, ids in (
        (TaskObserver, "member_id", "observer_ids"),
        (TaskTag, "tag_id", "tag_ids"),
        (TaskContact, "contact_id", "contact_ids"),
        (TaskDeal, "deal_id", "deal_ids"),
        (TaskCompany, "company_id", "company_ids"),
    ):
        links: list[Any] = [
            model(task=row, **{column: number})
            for row, task in zip(rows, tasks, strict=True)
            for number in dict.fromkeys(getattr(task, ids))
        ]
        if links:
            model.objects.bulk_create(links)
