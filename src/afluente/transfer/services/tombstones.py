"""Erasures written down beside the database, so that a restored backup can be told who was erased since.

One line of JSON for each in the file `settings.ERASURES_FILE`: the workspace, the number of the contact,
keyed hashes of the addresses. No words. It belongs to what is kept outside of a backup of the database.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from afluente.transfer.models import Erasure


@dataclass(frozen=True)
class Tombstone:
    """One line of the file."""

    workspace_id: int
    contact_id: int
    keys: tuple[str, ...]
    asked_at: dt.datetime


def write_down(held: Erasure) -> None:
    """Add a line, and wait until the disk has it: before the erasure is committed, so that none lacks."""
    line = {
        "workspace": current_workspace_id(),
        "contact": held.contact_id,
        "keys": held.keys,
        "asked_at": held.asked_at.isoformat(),
    }
    path = settings.ERASURES_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    place = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(place, f"{json.dumps(line)}\n".encode())
        os.fsync(place)
    finally:
        os.close(place)


def written(path: Path | None = None) -> list[Tombstone]:
    """Every erasure in the file, the last line about a person counts; none without a file."""
    place = path or settings.ERASURES_FILE
    if not place.exists():
        return []
    found = {(one.workspace_id, one.contact_id): one for one in _lines(place)}
    return list(found.values())


def _lines(path: Path) -> Iterator[Tombstone]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                told: dict[str, Any] = json.loads(line)
                yield Tombstone(
                    int(told["workspace"]),
                    int(told["contact"]),
                    tuple(map(str, told["keys"])),
                    dt.datetime.fromisoformat(told["asked_at"]),
                )
            except (ValueError, KeyError, TypeError):  # half a line: the machine stopped while it was written
                continue
