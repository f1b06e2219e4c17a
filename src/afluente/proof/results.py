"""What a row says at its end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Result:
    """One row of the goal sheet: met or not, against what, and the figures."""

    row: str
    is_met: bool
    target: str
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> str:
        return json.dumps({"row": self.row, "met": self.is_met, "target": self.target, **self.figures})
