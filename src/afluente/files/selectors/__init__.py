"""Every read of the store that has a name."""

from afluente.files.selectors.attached import AttachedFiles, Place, attached_files, uses
from afluente.files.selectors.choosing import Offer, store_offer
from afluente.files.selectors.holding import Holdings, Room, holdings, room
from afluente.files.selectors.listing import (
    PAGE,
    FileRow,
    FolderRow,
    StorePage,
    UploadRow,
    api_files,
    choices,
    folder_path,
    folder_tree,
    rows,
    store_page,
    unfinished,
)
from afluente.files.selectors.space import MEGABYTE, file_limit, own_quota, quota, used
from afluente.files.selectors.tree import path_of, within

__all__ = [
    "MEGABYTE",
    "PAGE",
    "AttachedFiles",
    "FileRow",
    "FolderRow",
    "Holdings",
    "Offer",
    "Place",
    "Room",
    "StorePage",
    "UploadRow",
    "api_files",
    "attached_files",
    "choices",
    "file_limit",
    "folder_path",
    "folder_tree",
    "holdings",
    "own_quota",
    "path_of",
    "quota",
    "room",
    "rows",
    "store_offer",
    "store_page",
    "unfinished",
    "used",
    "uses",
    "within",
]
