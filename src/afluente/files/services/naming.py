"""Names of files and folders, as people may give them."""

from __future__ import annotations

import re

from django.utils.translation import gettext

from afluente.files.models import NAME
from afluente.kernel import sniff, text

LONGEST = 240  # bytes, so that every file system can hold it after a download
_STRANGE = re.compile(r'[<>:"|?*\\/\u2044\u2215\u29f8]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class FileRefusedError(Exception):
    """Something cannot be kept; the text is a sentence for the person, `code` a word for programs."""

    def __init__(self, message: str, code: str = "invalid") -> None:
        super().__init__(message)
        self.code = code


def clean_name(typed: str) -> str:
    """A name that is one on every system: no path, no control or direction marks, at most 240 bytes.

    Raises FileRefusedError for nothing at all.
    """
    last = re.split(r"[\\/]", typed)[-1]
    name = _STRANGE.sub("_", text.clean(last, limit=4 * NAME)).strip(". ")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    if not name:
        raise FileRefusedError(gettext("Give it a name."), "name_missing")
    return _cut(name)


def folder_name(typed: str) -> str:
    """A clean name for a folder: a stroke in it is no path, so nothing before it is lost.

    Raises FileRefusedError.
    """
    return clean_name(re.sub(r"[\\/]", "-", typed))


def file_name(typed: str) -> str:
    """A clean name that names no program. Raises FileRefusedError."""
    if ending := sniff.program_by_name(text.clean(typed, limit=4 * NAME)):
        raise FileRefusedError(
            gettext("Programs are not kept here: a file that ends in .{ending} could run.").format(
                ending=ending
            ),
            "program",
        )
    return clean_name(typed)


def _cut(name: str) -> str:
    """Shorten the part before the ending."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 16:
        stem, dot, ending = name, "", ""
    room = min(LONGEST, NAME) - len(f"{dot}{ending}".encode())
    short = stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ")
    return f"{short or '_'}{dot}{ending}"
