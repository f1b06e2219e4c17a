"""What a row prints: our figure, the floor's, and how they compare."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Found:
    """One measured figure. `floor` is None where no plain SQL does the same."""

    ours: float
    floor: float | None = None
    details: dict[str, Any] = field(default_factory=dict)
    misses: tuple[str, ...] = ()  # targets beside the row's own that were missed


@dataclass(frozen=True)
class Row:
    """A row of the benchmark. `most` is for times and sizes, `least_ratio` for rates."""

    name: str
    unit: str
    target: str
    measure: Callable[[Any], Found]
    most: float | None = None
    least_ratio: float | None = None
    is_rate: bool = False

    def run(self, bench: Any) -> dict[str, Any]:
        """Measure; the row as it is printed. `load` is the load average before and after."""
        before, began = os.getloadavg()[0], time.monotonic()
        found = self.measure(bench)
        ratio = self.ratio(found)
        return {
            "row": self.name,
            "ours": rounded(found.ours),
            "floor": None if found.floor is None else rounded(found.floor),
            "ratio": None if ratio is None else rounded(ratio),
            "unit": self.unit,
            "target": self.target,
            "met": self.is_met(found, ratio),
            **({"missed": list(found.misses)} if found.misses else {}),
            **found.details,
            "load": [round(before, 1), round(os.getloadavg()[0], 1)],
            "took_s": round(time.monotonic() - began, 1),
        }

    def ratio(self, found: Found) -> float | None:
        """1 is as fast as the floor, 0.5 half as fast, whether rates or times are compared."""
        if not found.floor or not found.ours:
            return None
        return found.ours / found.floor if self.is_rate else found.floor / found.ours

    def is_met(self, found: Found, ratio: float | None) -> bool:
        is_small = self.most is None or found.ours <= self.most
        is_near = self.least_ratio is None or (ratio is not None and ratio >= self.least_ratio)
        return is_small and is_near and not found.misses


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def rounded(number: float) -> float:
    """Four digits are more than a benchmark knows."""
    return float(f"{number:.4g}")


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and worst of some times, in milliseconds."""
    return {
        "p50_ms": rounded(percentile(seconds, 0.5) * 1000),
        "p95_ms": rounded(percentile(seconds, 0.95) * 1000),
        "worst_ms": rounded(max(seconds) * 1000),
    }
