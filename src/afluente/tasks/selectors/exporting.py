"""Tasks as rows of a file, by the columns of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.tasks.models import Task
from afluente.tasks.selectors.listing import rows
from afluente.tasks.selectors.task_columns import task_batch, task_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership


def export_rows(*, ids: Sequence[int], keys: Sequence[str], member: Membership) -> list[list[Any]]:
    """What these columns hold of these tasks, the newest first: as many queries for one as for a thousand."""
    known = task_columns()
    columns = [known[key] for key in keys if key in known]
    tasks = Task.objects.present().filter(pk__in=ids).order_by("-pk")
    drawn = tasks.select_related("step", "board", "assignee__user", "created_by__user")
    shown = rows(list(drawn), member=member)
    batch = task_batch(shown, columns=columns, member=member)
    return [[column.plain(batch, row) for column in columns] for row in shown]
