"""Triggers that wait for quiet, while history is told again: the same as a live run puts off (services.quieting). Pure."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from afluente.automation.engine.triggers import Armed, Happened


@dataclass(frozen=True)
class Silence:
    """What a trigger heard last of a record before it was quiet; it counts from the end of the quiet."""

    record_id: int
    armed: Armed
    happened: Happened


@dataclass
class Silences:
    """What is put off, by record and trigger."""

    _last: dict[tuple[int, int], Silence] = field(default_factory=dict)
    _ends: list[tuple[dt.datetime, int, int]] = field(default_factory=list)
    _taken: Silence | None = None

    def put_off(self, record_id: int, happened: Happened, wanting: Sequence[Armed]) -> list[Armed]:
        """Those that decide now; of the others it is kept that they heard it, anew when they heard before."""
        now = []
        for one in wanting:
            if not one.quiet or (self._taken and self._taken.happened is happened):
                now.append(one)
                continue
            until = happened.at + one.quiet
            self._last[record_id, one.id] = Silence(record_id, one, replace(happened, at=until))
            heapq.heappush(self._ends, (until, record_id, one.id))
        return now

    def take(self, until: dt.datetime) -> Silence | None:
        """The first one that has been quiet long enough by then."""
        self._taken = None
        while self._ends and self._ends[0][0] <= until:
            at, record_id, trigger_id = heapq.heappop(self._ends)
            found = self._last.get((record_id, trigger_id))
            if found is not None and found.happened.at == at:
                self._taken = self._last.pop((record_id, trigger_id))
                return self._taken
        return None
