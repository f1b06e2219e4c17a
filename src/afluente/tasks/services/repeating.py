"""A repeated task makes the next one when it is done (ADR 0132)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.kernel import clock
from afluente.tasks.models import CheckItem, Step, Task
from afluente.tasks.selectors.boards import step_of_kind
from afluente.tasks.selectors.recurrence import Rule, following, zone
from afluente.tasks.services.creating import NewTask, create_tasks
from afluente.tasks.services.telling import tell
from afluente.tasks.services.values import copy_values

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence
    from zoneinfo import ZoneInfo

    from afluente.timeline.events import Actor


def make_following(rows: Sequence[Task], by: Actor) -> list[int]:
    """For those of these done tasks that repeat, the next one each; their numbers.

    The rule goes on with the next one, so that a task done twice makes one.
    """
    repeating = [row for row in rows if row.repeat]
    if not repeating:
        return []
    here, now = zone(), clock.now()
    pairs: list[tuple[Task, NewTask]] = []
    for row in repeating:
        anchor = row.anchor
        found = following(Rule.read(row.repeat), anchor, zone=here, now=now) if anchor else None
        if found is not None and anchor is not None:
            moment, left = found
            pairs.append((row, _next(row, moment, left, anchor, here)))
    made = create_tasks(tasks=[new for _, new in pairs], by=by)
    Task.objects.filter(pk__in=[row.pk for row, _ in pairs]).update(repeat="")
    following_of = {row.pk: number for (row, _), number in zip(pairs, made, strict=True)}
    _copy_items(following_of)
    copy_values(following_of)
    return made


def take_back_following(task_ids: Collection[int], by: Actor) -> list[int]:
    """Of reopened tasks, put away the next ones that nobody has touched; the rule returns."""
    if not task_ids:
        return []
    made = Task.objects.open().filter(made_from_id__in=list(task_ids)).select_for_update(of=("self",))
    untouched = [row for row in made if row.updated_at == row.created_at and row.repeat]
    now = clock.now()
    for row in untouched:
        assert row.made_from_id is not None
        rule = Rule.read(row.repeat)
        back = rule.but(COUNT=str(rule.count + 1)) if rule.count else rule
        Task.objects.filter(pk=row.made_from_id, repeat="").update(repeat=str(back))
    ids = [row.pk for row in untouched]
    Task.objects.filter(pk__in=ids).update(deleted_at=now, updated_at=now)
    tell(kind="task.deleted", by=by, data={pk: {} for pk in ids})
    return ids


def _next(row: Task, moment: dt.datetime, left: Rule, anchor: dt.datetime, here: ZoneInfo) -> NewTask:
    first = step_of_kind(row.board_id, Step.Kind.NEW, Step.Kind.PROGRESS)

    def moved(was: dt.datetime | None) -> dt.datetime | None:
        """As far from the next one as it was from this one, by the clock on the wall."""
        if was is None:
            return None
        apart = was.astimezone(here).replace(tzinfo=None) - anchor.astimezone(here).replace(tzinfo=None)
        return (moment.replace(tzinfo=None) + apart).replace(tzinfo=here)

    return NewTask(
        title=row.title,
        description=row.description,
        step_id=first.pk if first else None,
        priority=row.priority,
        assignee_id=row.assignee_id,
        created_by_id=row.created_by_id,
        start_at=moved(row.start_at),
        due_at=moved(row.due_at),
        due_is_day=row.due_is_day,
        source=row.source,
        parent_id=row.parent_id,
        kind=row.kind,
        place=row.place,
        phone=row.phone,
        repeat=str(left),
        remind_before=row.remind_before,
        made_from_id=row.pk,
        observer_ids=_ids(row, "observer_links", "member_id"),
        tag_ids=_ids(row, "tag_links", "tag_id"),
        contact_ids=_ids(row, "contact_links", "contact_id"),
        deal_ids=_ids(row, "deal_links", "deal_id"),
        company_ids=_ids(row, "company_links", "company_id"),
    )


def _ids(row: Task, links: str, column: str) -> list[int]:
    return list(getattr(row, links).order_by("pk").values_list(column, flat=True))


def _copy_items(made: dict[int, int]) -> None:
    items = CheckItem.objects.filter(task_id__in=made).order_by("task_id", "position", "pk")
    CheckItem.objects.bulk_create(
        [CheckItem(task_id=made[one.task_id], text=one.text, position=one.position) for one in items]
    )
