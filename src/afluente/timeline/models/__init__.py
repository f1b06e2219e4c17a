"""The one log of what happened, what people say about it, and what they are told."""

from afluente.timeline.models.history import RECORDS, Comment, DraftFile, Event, Mention
from afluente.timeline.models.notices import Notification, Preference, PushDevice, Reminder

__all__ = [
    "RECORDS",
    "Comment",
    "DraftFile",
    "Event",
    "Mention",
    "Notification",
    "Preference",
    "PushDevice",
    "Reminder",
]
