"""Every row, in the order of DESIGN.md section 6."""

from __future__ import annotations

from bench import accept, effect
from bench.figures import Row

ROWS = (
    Row(
        "accept",
        "requests/s",
        "at least half of bare INSERT; COMMIT on one connection",
        accept.measure,
        least_ratio=0.5,
        is_rate=True,
    ),
    Row(
        "effect",
        "events/s",
        "at least half of plain SQL; 3,000 events per CPU-second",
        effect.measure,
        least_ratio=0.5,
        is_rate=True,
    ),
)
