"""Facts about contacts that upper slices may act on (published through `kernel.bus`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TagMerged:
    """A tag became another one, in the same transaction: whoever has tagged things moves them."""

    tag_id: int
    into_id: int


@dataclass(frozen=True, kw_only=True)
class TagDeleted:
    """A tag is gone; whoever kept its number finds nothing under it."""

    tag_id: int


@dataclass(frozen=True, kw_only=True)
class ArrivalsReturned:
    """A merge was taken back, and what had come to the parted contact since goes with it: whoever made
    records of these arrivals moves them from one contact to the other.
    """

    from_id: int
    to_id: int
    raw_event_ids: tuple[int, ...]
    deal_ids: tuple[int, ...]
