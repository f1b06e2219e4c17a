"""Tasks as lines of the search box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from afluente.tasks import policies
from afluente.tasks.selectors.dues import due_words
from afluente.tasks.selectors.wording import found_by_title
from afluente.ui.finding import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.accounts.models import Membership
    from afluente.tasks.models import Task


def find_tasks(member: Membership, typed: str, limit: int) -> list[Row]:
    """Tasks whose title has words that begin so: open ones first, then the newest."""
    return _rows(found_by_title(member, typed).select_related("step")[:limit])


def fetch_tasks(member: Membership, ids: Sequence[int]) -> list[Row]:
    """Those of `ids` that `member` sees."""
    return _rows(policies.visible_to(member).filter(pk__in=ids).select_related("step"))


def _rows(tasks: Iterable[Task]) -> list[Row]:
    return [
        Row(
            title=task.title,
            note=task.step.name,
            meta=due_words(task),
            icon="circle-check" if task.done_at else "list-checks",
            pk=task.pk,
            url=reverse("tasks:task", args=[task.pk]),
        )
        for task in tasks
    ]
