"""Who is still using a data directory: asked of /proc, because a pid alone may be anybody's."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

PROC = Path("/proc")


def users_of(pgdata: Path) -> list[int]:
    """Live server processes of `pgdata` (every one of them works inside it), zombies left out."""
    place = str(pgdata.resolve())
    found = []
    for entry in PROC.iterdir() if PROC.is_dir() else ():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            inside = str((entry / "cwd").readlink()) == place
            if inside and (entry / "comm").read_text().startswith("postgres"):
                found.append(int(entry.name))
        except OSError:
            continue  # gone meanwhile, a zombie, or somebody else's
    return found


def is_recovering(postmaster: int) -> bool:
    """Whether a server reads its log after a crash: its startup process runs. True where nobody can tell."""
    if not PROC.is_dir():
        return True
    try:
        children = (PROC / f"{postmaster}/task/{postmaster}/children").read_text().split()
    except OSError:
        return False
    return any(b"startup" in _title(child) for child in children)


def _title(pid: str) -> bytes:
    try:
        return (PROC / pid / "cmdline").read_bytes()
    except OSError:
        return b""


def clear_leftovers(pgdata: Path, sockets: Path, *, patience: float = 30) -> bool:
    """End the server a killed starter left behind, and its lock files. False when it will not end.

    The lock file of a dead server is removed only when nobody works in the directory any more:
    PostgreSQL itself would take an unreaped zombie, or a stranger who got the same pid, for alive.
    """
    note = pgdata / "postmaster.pid"
    if not note.exists() or not PROC.is_dir():
        return True
    _ask_to_stop(note, users_of(pgdata))
    deadline = time.monotonic() + patience
    while users_of(pgdata):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    note.unlink(missing_ok=True)
    for stale in sockets.glob(".s.PGSQL.*"):
        stale.unlink(missing_ok=True)
    return True


def _ask_to_stop(note: Path, users: list[int]) -> None:
    """Fast shutdown for the postmaster named in its note, when it is one of `users`."""
    try:
        postmaster = int(note.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    if postmaster in users:
        os.kill(postmaster, signal.SIGINT)
