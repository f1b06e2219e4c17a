"""Every change of imports and exports."""

from afluente.transfer.services.awaiting import FORGET, await_file, forget_import, take_file
from afluente.transfer.services.checking import check_import
from afluente.transfer.services.erasing import (
    ERASE,
    answer_access,
    ask_erasure,
    collect,
    erase,
    erase_again,
    preview,
    was_erased,
)
from afluente.transfer.services.errors import keep_errors
from afluente.transfer.services.exporting import (
    EXPIRE,
    EXPORT,
    ExportRefusedError,
    begin_export,
    expire_export,
    make_export,
)
from afluente.transfer.services.exporting import KIND as EXPORT_KIND
from afluente.transfer.services.running import (
    RUN,
    actor_of,
    cancel_import,
    pause_import,
    resume_import,
    run_import,
    start_import,
)
from afluente.transfer.services.scheduling import (
    SCHEDULED,
    STOPPED,
    ScheduleRefusedError,
    drop_schedule,
    run_schedule,
    save_schedule,
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
from afluente.transfer.services.tombstones import Tombstone, written
from afluente.transfer.services.undoing import UNDO, take_back, undo_import

__all__ = [
    "CHECK",
    "ERASE",
    "EXPIRE",
    "EXPORT",
    "EXPORT_KIND",
    "FORGET",
    "KIND",
    "LOOK",
    "RUN",
    "SCHEDULED",
    "STOPPED",
    "UNDO",
    "ExportRefusedError",
    "ImportMovedError",
    "ImportRefusedError",
    "ScheduleRefusedError",
    "Tombstone",
    "actor_of",
    "answer_access",
    "ask_erasure",
    "await_file",
    "begin_export",
    "begin_import",
    "cancel_import",
    "check_import",
    "collect",
    "drop_schedule",
    "erase",
    "erase_again",
    "expire_export",
    "fix_values",
    "forget_import",
    "keep_errors",
    "look_at",
    "make_export",
    "pause_import",
    "preview",
    "read_again",
    "resume_import",
    "run_import",
    "run_schedule",
    "save_schedule",
    "set_columns",
    "start_import",
    "take_back",
    "take_file",
    "undo_import",
    "was_erased",
    "written",
]
