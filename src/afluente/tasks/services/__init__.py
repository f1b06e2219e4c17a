"""Every change of tasks."""

from afluente.tasks.services.boards import default_board
from afluente.tasks.services.changing import (
    EDITABLE,
    ChangedMeanwhileError,
    change_tasks,
    merge_tag,
    set_observers,
    set_tags,
)
from afluente.tasks.services.creating import ASSIGNED, LONGEST, NewTask, TaskRefusedError, create_tasks
from afluente.tasks.services.linking import COMPANY, CONTACT, DEAL, link_tasks, unlink_tasks
from afluente.tasks.services.moving import (
    complete_tasks,
    delete_tasks,
    move_tasks,
    reopen_tasks,
    restore_tasks,
)

__all__ = [
    "ASSIGNED",
    "COMPANY",
    "CONTACT",
    "DEAL",
    "EDITABLE",
    "LONGEST",
    "ChangedMeanwhileError",
    "NewTask",
    "TaskRefusedError",
    "change_tasks",
    "complete_tasks",
    "create_tasks",
    "default_board",
    "delete_tasks",
    "link_tasks",
    "merge_tag",
    "move_tasks",
    "reopen_tasks",
    "restore_tasks",
    "set_observers",
    "set_tags",
    "unlink_tasks",
]
