"""Every read of tasks worth a name."""

from afluente.tasks.selectors.about import Linked, linked
from afluente.tasks.selectors.boards import boards, step_of_kind, steps_of
from afluente.tasks.selectors.card import Card, task_card
from afluente.tasks.selectors.dues import due_words, end_of_day, midnight, tone
from afluente.tasks.selectors.linkable import linkable
from afluente.tasks.selectors.listing import (
    Page,
    Row,
    Section,
    Wanted,
    due_count,
    my_tasks,
    next_task,
    open_count,
    open_task_counts,
    rows,
    tags_of,
    tasks_of,
)
from afluente.tasks.selectors.plain import api_page, api_tasks
from afluente.tasks.selectors.seeing import contacts_of_own_tasks, named, people_linked_to, subjects

__all__ = [
    "Card",
    "Linked",
    "Page",
    "Row",
    "Section",
    "Wanted",
    "api_page",
    "api_tasks",
    "boards",
    "contacts_of_own_tasks",
    "due_count",
    "due_words",
    "end_of_day",
    "linkable",
    "linked",
    "midnight",
    "my_tasks",
    "named",
    "next_task",
    "open_count",
    "open_task_counts",
    "people_linked_to",
    "rows",
    "step_of_kind",
    "steps_of",
    "subjects",
    "tags_of",
    "task_card",
    "tasks_of",
    "tone",
]
