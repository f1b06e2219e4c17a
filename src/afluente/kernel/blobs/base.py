"""What every place for bytes can do."""

from __future__ import annotations

import re
import secrets
from typing import IO, TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

PIECE = 262_144  # bytes read or sent at once
_KEY = re.compile(r"\d{1,19}/[0-9a-f]{2}/[0-9a-f]{40}")


class BlobError(Exception):
    """The place did not do what it was asked; the message says why, without secrets."""


class MissingBlobError(BlobError):
    """Nothing lies under this key."""


class Storage(Protocol):
    """A place for bytes. Keys come from `new_key`; another text is refused with ValueError."""

    def put(self, key: str, file: IO[bytes], *, size: int) -> None:
        """Keep the next `size` bytes of `file`. They are there for good once this returns."""

    def read(self, key: str, *, start: int = 0, size: int) -> Iterator[bytes]:
        """`size` bytes from `start`, in pieces. Raises MissingBlobError before the first one."""

    def delete(self, key: str) -> None:
        """Forget the key; nothing happens when it is not there."""

    def listing(self) -> Iterator[tuple[str, datetime]]:
        """Every key with the moment it was put, in no order."""

    def check(self) -> str:
        """Where this is, for a person, after having seen that it answers. Raises BlobError."""


def new_key(workspace_id: int) -> str:
    """A key nobody can guess (160 bits), in a folder of the workspace; no name of a person's is in it."""
    secret = secrets.token_hex(20)
    return f"{workspace_id}/{secret[:2]}/{secret}"


def checked(key: str) -> str:
    """The key itself, when it is one of ours: no other text becomes a path or an address."""
    if not _KEY.fullmatch(key):
        raise ValueError("This is no key of the store.")
    return key
