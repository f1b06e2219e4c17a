"""What both networks share: one request, and what its answer means."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from afluente.kernel import outbound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.delivery.services.audiences import Hashes

    People = Sequence[Hashes]
else:
    People = object

PATIENCE = 60.0  # seconds for one request: 5,000 people are half a megabyte


class Fate(Enum):
    """What became of a request: taken, to be tried later, or refused for good."""

    DONE = "done"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Verdict:
    """What came of a request; `detail` is what the network said, `wait` the seconds that it asks for."""

    fate: Fate
    detail: str = ""
    wait: float = 0


@dataclass(frozen=True)
class Reply:
    """An answer: its status, and what it holds ({} when that is no JSON object)."""

    status: int
    said: Mapping[str, Any]
    wait: float
    text: str

    @property
    def is_taken(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300

    @property
    def is_passing(self) -> bool:
        """Whether the status alone says that it may go well later."""
        return self.status in {408, 425, 429} or self.status >= 500


def ask(method: str, url: str, *, body: bytes, headers: Mapping[str, str]) -> Reply | Verdict:
    """The answer, or what it means that there is none."""
    try:
        answer = outbound.ask(method, url, body=body, headers=headers, seconds=PATIENCE)
    except outbound.ForbiddenPlaceError as forbidden:
        return Verdict(Fate.REFUSED, str(forbidden))
    except outbound.UnreachableError as problem:
        return Verdict(Fate.LATER, str(problem))
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = {}
    asked = answer.headers.get("retry-after", "")
    wait = min(float(asked[:9]), 86_400.0) if asked.isascii() and asked.isdigit() else 0.0
    return Reply(answer.status, said if isinstance(said, dict) else {}, wait, answer.text)
