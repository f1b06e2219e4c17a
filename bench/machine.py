"""What the machine says about processes (Linux: /proc)."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used."""
    fields = _fields(pid)
    return (int(fields[11]) + int(fields[12])) / TICK


def _fields(pid: int) -> list[str]:
    """What the kernel tells of a process, from its state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def parent(pid: int) -> int:
    """The process that started it."""
    return int(_fields(pid)[1])


def family_seconds(pid: int) -> float:
    """User and system time of a process and everything below it, also of what has ended meanwhile."""
    own = [int(field) for field in _fields(pid)[11:15]]
    children = [cpu_seconds(child) for child in family(pid) if child != pid]
    return sum(own) / TICK + sum(children)


def family(pid: int) -> Iterator[int]:
    """The process and everything below it."""
    yield pid
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def proportional_bytes(pid: int) -> int:
    """Memory of a process, shared pages divided among those who share them."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def processor() -> str:
    """The kind of machine, for the table."""
    with suppress(OSError):
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
        if found:
            return f"{os.cpu_count()} cores, {found[1]}"
    return f"{os.cpu_count()} cores"
