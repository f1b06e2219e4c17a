"""Facts about the door that upper slices may act on (published through `kernel.bus`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BodyRefused:
    """A webhook was called at its right address, but the signature did not fit: nothing was kept.

    Published in the arrival's workspace and transaction. The mapping editor shows such a body, so
    that a signature that is set up wrongly can be seen.
    """

    source_id: int
    body: bytes
    content_type: str
