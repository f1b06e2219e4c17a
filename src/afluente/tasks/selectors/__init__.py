"""Every read of tasks worth a name."""

from afluente.tasks.selectors import moments
from afluente.tasks.selectors.about import Linked, linked
from afluente.tasks.selectors.boards import (
    StepRow,
    asked_fields,
    boards,
    field_scopes,
    step_of_kind,
    step_rows,
    steps_of,
    takes_tasks_of,
)
from afluente.tasks.selectors.calendar import Calendar, CalendarDay, calendar
from afluente.tasks.selectors.card import Card, task_card
from afluente.tasks.selectors.columns import (
    Column,
    ColumnPage,
    TaskCard,
    cards,
    column_page,
    columns,
    heads,
    progress,
)
from afluente.tasks.selectors.dues import due_words, end_of_day, midnight, tone
from afluente.tasks.selectors.exporting import export_rows
from afluente.tasks.selectors.filtering import TaskFilter
from afluente.tasks.selectors.linkable import linkable, possible_parents
from afluente.tasks.selectors.listing import (
    Page,
    Row,
    Section,
    Wanted,
    due_count,
    my_tasks,
    next_task,
    open_task_counts,
    rows,
    tags_of,
    tasks_of,
)
from afluente.tasks.selectors.plain import api_page, api_tasks
from afluente.tasks.selectors.seeing import contacts_of_own_tasks, named, people_linked_to, subjects
from afluente.tasks.selectors.table import TablePage, TableRow, table, table_heads, view_for
from afluente.tasks.selectors.task_columns import task_columns

__all__ = [
    "Calendar",
    "CalendarDay",
    "Card",
    "Column",
    "ColumnPage",
    "Linked",
    "Page",
    "Row",
    "Section",
    "StepRow",
    "TablePage",
    "TableRow",
    "TaskCard",
    "TaskFilter",
    "Wanted",
    "api_page",
    "api_tasks",
    "asked_fields",
    "boards",
    "calendar",
    "cards",
    "column_page",
    "columns",
    "contacts_of_own_tasks",
    "due_count",
    "due_words",
    "end_of_day",
    "export_rows",
    "field_scopes",
    "heads",
    "linkable",
    "linked",
    "midnight",
    "moments",
    "my_tasks",
    "named",
    "next_task",
    "open_task_counts",
    "people_linked_to",
    "possible_parents",
    "progress",
    "rows",
    "step_of_kind",
    "step_rows",
    "steps_of",
    "subjects",
    "table",
    "table_heads",
    "tags_of",
    "takes_tasks_of",
    "task_card",
    "task_columns",
    "tasks_of",
    "tone",
    "view_for",
]
