"""Addresses that are passed over, as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.delivery.models import Suppression
from afluente.delivery.selectors.messages import SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class SuppressionPage:
    """Some addresses, and the number to go on from."""

    rows: Sequence[Suppression]
    next_before: int | None


def suppression_page(*, channel: str, digest: str = "", before: int | None = None) -> SuppressionPage:
    """Addresses of a channel, the newest first. With `digest` that one, found also when its
    person was erased.
    """
    found = Suppression.objects.filter(channel=channel)
    if digest:
        found = found.filter(digest=digest)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: SIZE + 1])
    return SuppressionPage(rows[:SIZE], rows[SIZE - 1].pk if len(rows) > SIZE else None)
