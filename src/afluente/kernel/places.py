"""Places in an order that people make by hand: numbers between their neighbours (ADR 0040)."""

from __future__ import annotations

from decimal import Decimal, localcontext

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
