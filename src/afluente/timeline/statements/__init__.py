"""Set statements of the log and of what members are told."""

from afluente.timeline.statements.comments import comments_of
from afluente.timeline.statements.history import follow, insert_events, present_snapshot, read_history
from afluente.timeline.statements.telling import (
    NewNotice,
    insert_notices,
    next_reminder,
    save_reminders,
    take_reminders,
)

__all__ = [
    "NewNotice",
    "comments_of",
    "follow",
    "insert_events",
    "insert_notices",
    "next_reminder",
    "present_snapshot",
    "read_history",
    "save_reminders",
    "take_reminders",
]
