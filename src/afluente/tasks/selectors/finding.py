"""Tasks as lines of the search box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.urls import reverse

from afluente.kernel import text
from afluente.tasks import policies
from afluente.tasks.selectors.dues import due_words
from afluente.ui.finding import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.accounts.models import Membership
    from afluente.tasks.models import Task


def find_tasks(member: Membership, typed: str, limit: int) -> list[Row]:
    """Tasks whose title has words that begin so: open ones first, then the newest."""
    found = policies.visible_to(member)
    for word in text.norm(typed).split():
        found = found.filter(Q(search_title__startswith=word) | Q(search_title__contains=f" {word}"))
    return _rows(found.select_related("step").order_by(F("done_at").desc(nulls_first=True), "-pk")[:limit])


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
