"""Every change of the log."""

from afluente.timeline.services.comments import (
    LIMIT,
    CommentRefusedError,
    add_comment,
    delete_comment,
    edit_comment,
    restore_comment,
)
from afluente.timeline.services.recording import record

__all__ = [
    "LIMIT",
    "CommentRefusedError",
    "add_comment",
    "delete_comment",
    "edit_comment",
    "record",
    "restore_comment",
]
