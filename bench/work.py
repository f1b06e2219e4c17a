"""What the rows of one run share: a fresh site, and the one with the many contacts."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from bench import million
from bench.product import Site

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


@dataclass
class Bench:
    """One run. Its scratch site goes at the end; the one with the many contacts stays for the next."""

    base: Path
    is_quick: bool = False
    _made: list[Path] = field(default_factory=list)

    def __enter__(self) -> Bench:
        self.base.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for folder in self._made:
            shutil.rmtree(folder, ignore_errors=True)

    def size(self, full: int, quick: int) -> int:
        return quick if self.is_quick else full

    def empty(self, name: str) -> Site:
        """A site whose data directory does not exist yet."""
        folder = self.base / name
        shutil.rmtree(folder, ignore_errors=True)
        self._made.append(folder)
        return Site(folder)

    @cached_property
    def million(self) -> Site:
        """The site with 1,000,000 contacts (100,000 when quick), made unless it is there."""
        return million.prepare(self.base, million.QUICK if self.is_quick else million.FULL)
