"""Facts about the door that upper slices may act on (published through `kernel.bus`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, kw_only=True)
class BodyRefused:
    """A webhook was called at its right address, but the signature did not fit: nothing was kept.

    Published in the arrival's workspace and transaction. The mapping editor shows such a body, so
    that a signature that is set up wrongly can be seen.
    """

    source_id: int
    body: bytes
    content_type: str


@dataclass(frozen=True, kw_only=True)
class ConsentHeard:
    """What the sender of one arrival said about messages of a channel that advertise, and what they read.

    `source` is the kind of door (form, api), `source_id` and `source_name` say which; `raw_event_id` is the proof,
    `at` when it arrived.
    """

    contact_id: int
    channel: str
    is_given: bool
    wording: str
    reason: str
    ip: str
    agent: str
    source: str
    source_id: int
    source_name: str
    raw_event_id: int
    at: dt.datetime


@dataclass(frozen=True)
class ConsentsHeard:
    """Arrivals were applied whose senders said what they want to be sent; published once for a whole set."""

    words: tuple[ConsentHeard, ...]
