"""Tasks, the boards they stand on, what is in them, and what they are about."""

from afluente.tasks.models.boards import Board, Step
from afluente.tasks.models.bulk import TaskBulkEntry
from afluente.tasks.models.feeds import CalendarFeed
from afluente.tasks.models.items import CheckItem
from afluente.tasks.models.links import TaskCompany, TaskContact, TaskDeal, TaskObserver, TaskTag
from afluente.tasks.models.search import TaskSearch
from afluente.tasks.models.tasks import PHONE, PLACE, REMINDERS, TITLE, Task, TaskQuerySet
from afluente.tasks.models.values import TaskValue

__all__ = [
    "PHONE",
    "PLACE",
    "REMINDERS",
    "TITLE",
    "Board",
    "CalendarFeed",
    "CheckItem",
    "Step",
    "Task",
    "TaskBulkEntry",
    "TaskCompany",
    "TaskContact",
    "TaskDeal",
    "TaskObserver",
    "TaskQuerySet",
    "TaskSearch",
    "TaskTag",
    "TaskValue",
]
