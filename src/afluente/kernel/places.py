"""Places in an order that people make by hand: numbers between their neighbours (ADR 0040)."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

STEP = Decimal(1024)  # room left between neighbours that are placed without one
NARROWEST = Decimal("1e-18")  # half of this would no longer fit a column of 20 places


def between(above: Decimal | None, below: Decimal | None, *, count: int) -> list[Decimal]:
    """`count` places in order below `above` and above `below`; one of them None where the column ends.

    Empty when there is no room left: number the column anew.
    """
    if above is None:
        if below is None:
            raise ValueError("Name what is above, or what is below.")
        above = below - STEP * (count + 1)
    if below is None:
        below = above + STEP * (count + 1)
    with localcontext(prec=45):  # 20 digits before the point and 20 behind it
        gap = (below - above) / (count + 1)
        if gap < NARROWEST:
            return []
        return [(above + gap * n).quantize(NARROWEST) for n in range(1, count + 1)]


def reordered(ids: list[int], data: Mapping[str, str]) -> list[int]:
    """`ids` after the wish in `data`: `order` names all of them, `up` or `down` one to move a place."""
    if "order" in data:
        wanted = [int(text) for text in data["order"].split(",") if text.isascii() and text.isdigit()]
        return [one for one in wanted if one in ids]
    changed = list(ids)
    for act, step in (("up", -1), ("down", 1)):
        chosen = data.get(act, "")
        if chosen.isascii() and chosen.isdigit() and int(chosen) in changed:
            at = changed.index(int(chosen))
            place = min(max(at + step, 0), len(changed) - 1)
            changed.insert(place, changed.pop(at))
    return changed
