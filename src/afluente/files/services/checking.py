"""What a file is, read from its bytes (S-10)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext

from afluente.files.services.naming import FileRefusedError
from afluente.kernel import sniff

PIECE = 1_048_576
PICTURED = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff", "application/pdf"}
)


@dataclass(frozen=True)
class Known:
    """What the bytes say."""

    media_type: str
    sha256: str


def check_head(head: bytes) -> None:
    """Refuse what begins like a program. Raises FileRefusedError."""
    if kind := sniff.program_by_head(head[: sniff.HEAD]):
        raise _program(kind)


def examine(file: IO[bytes]) -> Known:
    """Read a whole file once for its digest, and a little of it for what it is.

    Raises FileRefusedError for a program, whatever its name.
    """
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    file.seek(0)
    head = file.read(sniff.HEAD)
    check_head(head)
    if kind := sniff.program_inside(file, head):
        raise _program(kind)
    return Known(sniff.media_type(head, file), digest.hexdigest())


def _program(kind: str) -> FileRefusedError:
    return FileRefusedError(
        gettext("Programs are not kept here: this file is one ({kind}), whatever its name says.").format(
            kind=kind
        ),
        "program",
    )
