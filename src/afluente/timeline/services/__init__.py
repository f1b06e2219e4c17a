"""Every change of the log."""

from afluente.timeline.services.attaching import bring_file
from afluente.timeline.services.comments import (
    HARD_LIMIT,
    LIMIT,
    BlindMentionError,
    CommentRefusedError,
    add_comment,
    delete_comment,
    edit_comment,
    restore_comment,
    typed,
)
from afluente.timeline.services.filing import note_attached, note_detached
from afluente.timeline.services.letters import mail_unread
from afluente.timeline.services.notifying import (
    DELAYS,
    MAIL_JOB,
    Notice,
    hide_groups,
    mark_read,
    mark_unread,
    notify,
    save_channels,
)
from afluente.timeline.services.noting import add_notes, withdraw_notes
from afluente.timeline.services.recording import record
from afluente.timeline.services.reminders import (
    REMIND_JOB,
    NewReminder,
    UnknownReminderError,
    drop_reminders,
    remind,
    set_reminders,
)

__all__ = [
    "DELAYS",
    "HARD_LIMIT",
    "LIMIT",
    "MAIL_JOB",
    "REMIND_JOB",
    "BlindMentionError",
    "CommentRefusedError",
    "NewReminder",
    "Notice",
    "UnknownReminderError",
    "add_comment",
    "add_notes",
    "bring_file",
    "delete_comment",
    "drop_reminders",
    "edit_comment",
    "hide_groups",
    "mail_unread",
    "mark_read",
    "mark_unread",
    "note_attached",
    "note_detached",
    "notify",
    "record",
    "remind",
    "restore_comment",
    "save_channels",
    "set_reminders",
    "typed",
    "withdraw_notes",
]
