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
