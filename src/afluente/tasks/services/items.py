"""The checklist of a task, and what hangs below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from afluente.kernel import clock, text
from afluente.tasks import statements
from afluente.tasks.models import CheckItem, Task
from afluente.tasks.services.changing import locked
from afluente.tasks.services.refusing import TaskRefusedError
from afluente.tasks.services.telling import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor

MOST = 100  # items of a task
LONGEST = 250


@transaction.atomic
def add_items(*, task_id: int, texts: Sequence[str], by: Actor) -> list[int]:
    """Add lines to a checklist, at its end; their numbers. Raises TaskRefusedError."""
    words = [_checked(one) for one in texts]
    if not words or not locked([task_id]):
        return []
    known = CheckItem.objects.filter(task_id=task_id)
    if known.count() + len(words) > MOST:
        raise TaskRefusedError(gettext("A checklist holds {n} items.").format(n=MOST), "items")
    last = known.aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    made = CheckItem.objects.bulk_create(
        [CheckItem(task_id=task_id, text=said, position=first + n) for n, said in enumerate(words)]
    )
    _told(task_id, by, "added", words)
    return [item.pk for item in made]


@transaction.atomic
def tick_items(*, item_ids: Sequence[int], is_done: bool, by: Actor, member: Membership | None) -> list[int]:
    """Tick lines off, or take the tick away; which changed."""
    items = list(
        CheckItem.objects.filter(pk__in=item_ids, done_at__isnull=is_done)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    now = clock.now()
    for item in items:
        item.done_at, item.done_by = (now, member) if is_done else (None, None)
    CheckItem.objects.bulk_update(items, ["done_at", "done_by"])
    for task_id in sorted({item.task_id for item in items}):
        words = [item.text for item in items if item.task_id == task_id]
        _told(task_id, by, "ticked" if is_done else "unticked", words)
    return [item.pk for item in items]


@transaction.atomic
def change_item(*, item: CheckItem, words: str, by: Actor) -> None:
    """Say something else on a line. Raises TaskRefusedError."""
    said = _checked(words)
    if said != item.text:
        before, item.text = item.text, said
        item.save(update_fields=["text"])
        _told(item.task_id, by, "reworded", [before, said])


@transaction.atomic
def remove_item(*, item: CheckItem, by: Actor) -> None:
    """Take a line off. What it said stands in the log."""
    task_id, said = item.task_id, item.text
    item.delete()
    _told(task_id, by, "removed", [said])


@transaction.atomic
def order_items(*, task_id: int, ids: Sequence[int], by: Actor) -> None:
    """Put the lines of a task in this order; those not named come after, as they were."""
    items = list(CheckItem.objects.filter(task_id=task_id).order_by("position", "pk").select_for_update())
    wanted = {pk: place for place, pk in enumerate(ids)}
    before = [item.pk for item in items]
    items.sort(key=lambda item: wanted.get(item.pk, len(wanted)))
    if [item.pk for item in items] == before:
        return
    for place, item in enumerate(items):
        item.position = place
    CheckItem.objects.bulk_update(items, ["position"])
    _told(task_id, by, "ordered", [])


@transaction.atomic
def set_parent(*, task_ids: Sequence[int], parent_id: int | None, by: Actor) -> list[int]:
    """Hang tasks below another one, or below none; which changed.

    Whoever asks has checked that the parent is seen. Raises TaskRefusedError when one of them would
    stand below itself, at whatever distance.
    """
    ids = [*task_ids, *([parent_id] if parent_id else [])]
    rows = [row for row in locked(ids) if row.pk in task_ids and row.parent_id != parent_id]
    if not rows:
        return []
    if parent_id is not None and statements.hangs_below(parent_id, ids=[row.pk for row in rows]):
        raise TaskRefusedError(
            gettext("A task cannot be a subtask of itself, nor of its subtasks."), "parent"
        )
    before = {row.pk: row.parent_id for row in rows}
    Task.objects.filter(pk__in=before).update(parent_id=parent_id, updated_at=clock.now())
    tell(kind="task.hung", by=by, data={pk: {"parent": [was, parent_id]} for pk, was in before.items()})
    return list(before)


def _checked(words: str) -> str:
    said = text.clean(words, limit=10_000)
    if not said:
        raise TaskRefusedError(gettext("Say what is to be done."), "text")
    if len(said) > LONGEST:
        raise TaskRefusedError(gettext("This is longer than {n} characters.").format(n=LONGEST), "text")
    return said


def _told(task_id: int, by: Actor, what: str, words: Sequence[str]) -> None:
    """One line about a checklist; what was written on it is told only to those who see the task."""
    Task.objects.filter(pk=task_id).update(updated_at=clock.now())
    tell(kind="task.items_changed", by=by, data={task_id: {"what": what, "items": list(words)}})
