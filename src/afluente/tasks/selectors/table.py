"""The list of tasks: those of a filter by chosen columns, in any order, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from afluente.contacts.models import SavedFilter
from afluente.contacts.selectors import chosen_columns, view_of
from afluente.contacts.selectors.chosen import Head
from afluente.tasks import policies
from afluente.tasks.models import Task
from afluente.tasks.selectors.listing import rows
from afluente.tasks.selectors.orders import DONE, OPEN, is_descending, key_of, opposite_of, order_of
from afluente.tasks.selectors.task_columns import task_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import Chosen
    from afluente.tasks.models import TaskQuerySet
    from afluente.tasks.selectors.filtering import TaskFilter
    from afluente.tasks.selectors.listing import Row

SIZE = 50
EVERYTHING = "all"
TASK = SavedFilter.Entity.TASK


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """A task in the list with what its columns show."""

    row: Row
    cells: Sequence[tuple[Chosen, Any]]

    @property
    def task(self) -> Task:
        return self.row.task


@dataclass(frozen=True, kw_only=True)
class TablePage:
    """Some rows of the list; `next_after` is the task after which the following ones begin."""

    rows: Sequence[TableRow]
    columns: Sequence[Chosen]
    order: str
    next_after: int | None = None


def table(
    *,
    member: Membership,
    asked: TaskFilter,
    state: str,
    order: str = "",
    after: int | None = None,
    size: int = SIZE,
) -> TablePage:
    """Open tasks, done ones, or all, in an order; unless it says which, by deadline, the last done first, or the
    newest first. The cost does not grow with the page number.
    """
    order = key_of(order, state)
    found = asked.apply(policies.visible_to(member), member=member)
    if state in {OPEN, DONE}:
        found = found.filter(done_at__isnull=state == OPEN)
    last = Task.objects.filter(pk=after).first() if after else None
    ids = order_of(order, state).ids(found, after=last, limit=size + 1)
    tasks = {task.pk: task for task in _drawn(ids[:size])}
    shown = rows([tasks[pk] for pk in ids[:size]], member=member)
    columns = chosen_columns(member=member, view=view_for(member=member, asked=asked), entity=TASK)
    batch = task_batch(shown, columns=[one.column for one in columns], member=member)
    return TablePage(
        rows=[
            TableRow(row=row, cells=[(one, one.column.read(batch, row)) for one in columns]) for row in shown
        ],
        columns=columns,
        order=order,
        next_after=ids[size - 1] if len(ids) > size else None,
    )


def view_for(*, member: Membership, asked: TaskFilter) -> SavedFilter | None:
    """The kept filter that a list of tasks shows."""
    return view_of(member=member, query=asked.query(), entity=TASK)


def table_heads(page: TablePage, here: str, state: str) -> list[Head]:
    """The heads of a page: `here` is the address of the list without its order, ready for another name."""
    return [_head(one, page.order, here, state) for one in page.columns]


def _head(one: Chosen, order: str, here: str, state: str) -> Head:
    own = one.column.sort
    if not own or key_of(own, state) != own:
        return Head(chosen=one)
    if order.removeprefix("-") != own:
        return Head(chosen=one, url=f"{here}sort={own}")
    is_down = is_descending(order)
    return Head(
        chosen=one,
        url=f"{here}sort={opposite_of(order)}",
        aria="descending" if is_down else "ascending",
        sign="arrow-down" if is_down else "arrow-up",
    )


def _drawn(ids: Sequence[int]) -> TaskQuerySet:
    found: TaskQuerySet = Task.objects.filter(pk__in=ids).select_related(
        "step", "board", "assignee__user", "created_by__user"
    )
    return found
