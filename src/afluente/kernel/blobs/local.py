"""Bytes in a folder of this machine: written beside, synced, then put in place by one rename."""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

from afluente.kernel.blobs.base import PIECE, BlobError, MissingBlobError, checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DRAFTS = "drafts"


class LocalStorage:
    """Keeps bytes below `root`, which is made when it is missing."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, file: IO[bytes], *, size: int) -> None:
        target = self.root / checked(key)
        draft = self._made(self.root / DRAFTS) / secrets.token_hex(16)
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                _copy(file, out, size)
                out.flush()
                os.fsync(out.fileno())
            self._made(target.parent)
            draft.replace(target)
            _sync(target.parent)
        except OSError as problem:
            raise BlobError(f"The folder for files refused: {problem.strerror or problem}.") from problem
        finally:
            draft.unlink(missing_ok=True)

    def read(self, key: str, *, start: int = 0, size: int) -> Iterator[bytes]:
        path = self.root / checked(key)
        if not path.is_file():
            raise MissingBlobError("The file is not in the folder for files.")
        return _pieces(path, start, size)

    def delete(self, key: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self.root / checked(key)).unlink()

    def listing(self) -> Iterator[tuple[str, datetime]]:
        for path in self.root.glob("*/??/*"):
            with contextlib.suppress(FileNotFoundError):
                moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                yield path.relative_to(self.root).as_posix(), moment

    def check(self) -> str:
        self._made(self.root)
        if not os.access(self.root, os.R_OK | os.W_OK | os.X_OK):
            raise BlobError(f"The current user may not write to {self.root}.")
        self._sweep()
        return str(self.root)

    def _sweep(self) -> None:
        """Drafts that a crash left behind."""
        for draft in (self.root / DRAFTS).glob("*"):
            with contextlib.suppress(OSError):
                if datetime.now(UTC).timestamp() - draft.stat().st_mtime > 86_400:
                    draft.unlink()

    def _made(self, folder: Path) -> Path:
        """The folder; what was made for it is synced too, or a crash could lose the way to a file."""
        if not folder.is_dir():
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                for parent in [folder, *folder.parents]:
                    _sync(parent)
                    if parent == self.root.parent:
                        break
            except OSError as problem:
                raise BlobError(f"{folder} cannot be made: {problem.strerror}.") from problem
        return folder


def _copy(file: IO[bytes], out: IO[bytes], size: int) -> None:
    rest = size
    while rest:
        piece = file.read(min(PIECE, rest))
        if not piece:
            raise BlobError("The file ended early.")
        out.write(piece)
        rest -= len(piece)


def _pieces(path: Path, start: int, size: int) -> Iterator[bytes]:
    """Opened with the first piece: whoever never asks for one leaves nothing open."""
    with path.open("rb") as file:
        file.seek(start)
        while size and (piece := file.read(min(PIECE, size))):
            size -= len(piece)
            yield piece


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
