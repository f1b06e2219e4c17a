"""The list of tasks: those of a filter, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.kernel.keyset import Beyond
from afluente.tasks import policies
from afluente.tasks.models import Task
from afluente.tasks.selectors.listing import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.tasks.models import TaskQuerySet
    from afluente.tasks.selectors.filtering import TaskFilter
    from afluente.tasks.selectors.listing import Row

SIZE = 50
OPEN, DONE, EVERYTHING = "open", "done", "all"


@dataclass(frozen=True, kw_only=True)
class TablePage:
    """Some rows of the list; `next_after` is the task after which the following ones begin."""

    rows: Sequence[Row]
    next_after: int | None = None


def table(
    *, member: Membership, asked: TaskFilter, state: str, after: int | None = None, size: int = SIZE
) -> TablePage:
    """Open tasks by deadline, done ones with the last first, or all with the newest first.

    The cost does not grow with the page number.
    """
    found = asked.apply(policies.visible_to(member), member=member)
    last = Task.objects.filter(pk=after).first() if after else None
    ids = _ids(found, state, last, size + 1)
    tasks = {task.pk: task for task in _drawn(ids[:size])}
    return TablePage(
        rows=rows([tasks[pk] for pk in ids[:size]], member=member),
        next_after=ids[size - 1] if len(ids) > size else None,
    )


def _drawn(ids: Sequence[int]) -> TaskQuerySet:
    found: TaskQuerySet = Task.objects.filter(pk__in=ids).select_related("step", "board", "assignee__user")
    return found


def _ids(found: TaskQuerySet, state: str, last: Task | None, limit: int) -> list[int]:
    if state == DONE:
        found = found.filter(done_at__isnull=False).order_by("-done_at", "-pk")
        if last is not None and last.done_at is not None:
            found = found.filter(Beyond(("done_at", "id"), (last.done_at, last.pk), descending=True))
        return list(found.values_list("pk", flat=True)[:limit])
    if state == EVERYTHING:
        found = found.order_by("-pk")
        found = found.filter(pk__lt=last.pk) if last is not None else found
        return list(found.values_list("pk", flat=True)[:limit])
    return _open(found.filter(done_at=None), last, limit)


def _open(found: TaskQuerySet, last: Task | None, limit: int) -> list[int]:
    """Those with a deadline, the earliest first; then those without: each a walk along an index."""
    ids: list[int] = []
    if last is None or last.due_at is not None:
        dated = found.filter(due_at__isnull=False).order_by("due_at", "pk")
        if last is not None:
            dated = dated.filter(Beyond(("due_at", "id"), (last.due_at, last.pk)))
        ids = list(dated.values_list("pk", flat=True)[:limit])
    if len(ids) < limit:
        bare = found.filter(due_at=None).order_by("pk")
        if last is not None and last.due_at is None:
            bare = bare.filter(pk__gt=last.pk)
        ids += list(bare.values_list("pk", flat=True)[: limit - len(ids)])
    return ids
