"""Every change of the store."""

from afluente.files.services.assembling import (
    assemble,
    draw_pictures,
    expire_upload,
    known_keys,
    sweep_orphans,
)
from afluente.files.services.attaching import attach_file, detach_file, member_by
from afluente.files.services.bringing import bring_along, chosen_numbers
from afluente.files.services.folders import (
    create_folder,
    delete_folder,
    home_folder,
    move_folder,
    rename_folder,
    restore_folder,
)
from afluente.files.services.keeping import (
    delete_files,
    move_files,
    purge_file,
    purge_folders,
    rename_file,
    restore_files,
)
from afluente.files.services.naming import FileRefusedError, clean_name, file_name
from afluente.files.services.regret import PURGE, REGRET, purge_later
from afluente.files.services.space import change_quota
from afluente.files.services.uploading import (
    ASSEMBLE,
    EXPIRE,
    PATIENCE,
    PICTURE,
    OffsetMismatchError,
    UploadGoneError,
    begin_upload,
    cancel_upload,
    keep_file,
    locked,
    refuse_upload,
    take_part,
)

__all__ = [
    "ASSEMBLE",
    "EXPIRE",
    "PATIENCE",
    "PICTURE",
    "PURGE",
    "REGRET",
    "FileRefusedError",
    "OffsetMismatchError",
    "UploadGoneError",
    "assemble",
    "attach_file",
    "begin_upload",
    "bring_along",
    "cancel_upload",
    "change_quota",
    "chosen_numbers",
    "clean_name",
    "create_folder",
    "delete_files",
    "delete_folder",
    "detach_file",
    "draw_pictures",
    "expire_upload",
    "file_name",
    "home_folder",
    "keep_file",
    "known_keys",
    "locked",
    "member_by",
    "move_files",
    "move_folder",
    "purge_file",
    "purge_folders",
    "purge_later",
    "refuse_upload",
    "rename_file",
    "rename_folder",
    "restore_files",
    "restore_folder",
    "sweep_orphans",
    "take_part",
]
