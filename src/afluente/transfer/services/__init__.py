"""Every change of imports and exports."""

from afluente.transfer.services.checking import check_import
from afluente.transfer.services.errors import keep_errors
from afluente.transfer.services.running import (
    RUN,
    actor_of,
    cancel_import,
    pause_import,
    resume_import,
    run_import,
    start_import,
)
from afluente.transfer.services.starting import (
    CHECK,
    KIND,
    LOOK,
    ImportMovedError,
    ImportRefusedError,
    begin_import,
    fix_values,
    look_at,
    read_again,
    set_columns,
)
from afluente.transfer.services.undoing import UNDO, take_back, undo_import

__all__ = [
    "CHECK",
    "KIND",
    "LOOK",
    "RUN",
    "UNDO",
    "ImportMovedError",
    "ImportRefusedError",
    "actor_of",
    "begin_import",
    "cancel_import",
    "check_import",
    "fix_values",
    "keep_errors",
    "look_at",
    "pause_import",
    "read_again",
    "resume_import",
    "run_import",
    "set_columns",
    "start_import",
    "take_back",
    "undo_import",
]
