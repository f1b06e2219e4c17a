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
from afluente.timeline.services.drafting import DRAFT_JOB, choose_file, give_up_file, leave_file
from afluente.timeline.services.filing import note_attached, note_detached
from afluente.timeline.services.leaving import Leaving, language_of, leaving_path, read_leaving, set_mailed
from afluente.timeline.services.letters import mail_unread
from afluente.timeline.services.notifying import (
    Notice,
    Ways,
    hide_groups,
    mark_read,
    mark_unread,
    notify,
    save_ways,
)
from afluente.timeline.services.noting import add_notes, withdraw_notes
from afluente.timeline.services.planning import DELAYS, MAIL_JOB, zone_of
from afluente.timeline.services.pushing import (
    PUSH_JOB,
    StrangeDeviceError,
    add_device,
    push_one,
    remove_device,
)
from afluente.timeline.services.recording import TELL_JOB, record, saying
from afluente.timeline.services.reminders import (
    REMIND_JOB,
    NewReminder,
    UnknownReminderError,
    drop_reminders,
    remind,
    set_reminders,
)
from afluente.timeline.services.watching import gathered, tell

__all__ = [
    "DELAYS",
    "DRAFT_JOB",
    "HARD_LIMIT",
    "LIMIT",
    "MAIL_JOB",
    "PUSH_JOB",
    "REMIND_JOB",
    "TELL_JOB",
    "BlindMentionError",
    "CommentRefusedError",
    "Leaving",
    "NewReminder",
    "Notice",
    "StrangeDeviceError",
    "UnknownReminderError",
    "Ways",
    "add_comment",
    "add_device",
    "add_notes",
    "bring_file",
    "choose_file",
    "delete_comment",
    "drop_reminders",
    "edit_comment",
    "gathered",
    "give_up_file",
    "hide_groups",
    "language_of",
    "leave_file",
    "leaving_path",
    "mail_unread",
    "mark_read",
    "mark_unread",
    "note_attached",
    "note_detached",
    "notify",
    "push_one",
    "read_leaving",
    "record",
    "remind",
    "remove_device",
    "restore_comment",
    "save_ways",
    "saying",
    "set_mailed",
    "set_reminders",
    "tell",
    "typed",
    "withdraw_notes",
    "zone_of",
]
