"""What people type about tasks and boards, validated and shaped."""

from afluente.tasks.forms.boards import BoardProperties, StepDeletion, StepLines
from afluente.tasks.forms.tasks import (
    Assignee,
    Day,
    Description,
    Due,
    Line,
    Members,
    Move,
    NewTask,
    Observers,
    Priority,
    Start,
    StepChoice,
    Time,
    Title,
    deadline,
)

__all__ = [
    "Assignee",
    "BoardProperties",
    "Day",
    "Description",
    "Due",
    "Line",
    "Members",
    "Move",
    "NewTask",
    "Observers",
    "Priority",
    "Start",
    "StepChoice",
    "StepDeletion",
    "StepLines",
    "Time",
    "Title",
    "deadline",
]
