"""The lines of a deal as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.sales.models import Basket, Line
from afluente.sales.selectors.sums import Sums, amount, sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from afluente.deals.models import Deal


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """A line, and what it comes to."""

    line: Line
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class DealLines:
    """All lines of a deal with their sums. `is_apart`: the value of the deal is another one."""

    rows: Sequence[LineRow]
    sums: Sums
    follows: bool
    is_apart: bool


def lines_of(deal_id: int) -> list[Line]:
    """The lines of a deal in their order."""
    return list(Line.objects.filter(deal_id=deal_id, removed_at=None).order_by("position", "pk"))


def lines_by_deal(deal_ids: Iterable[int]) -> dict[int, list[Line]]:
    """The lines of those of these deals that have some, in their order."""
    found: dict[int, list[Line]] = {}
    for line in Line.objects.filter(deal_id__in=deal_ids, removed_at=None).order_by("position", "pk"):
        found.setdefault(line.deal_id, []).append(line)
    return found


def with_lines(deal_ids: Sequence[int]) -> set[int]:
    """Those of these deals that have lines."""
    lines = Line.objects.filter(deal_id__in=deal_ids, removed_at=None)
    return set(lines.values_list("deal_id", flat=True).distinct())


def line_count(deal_id: int) -> int:
    return Line.objects.filter(deal_id=deal_id, removed_at=None).count()


def follows(deal_id: int) -> bool:
    """Whether the value of a deal follows its lines; True before it has any."""
    basket = Basket.objects.filter(deal_id=deal_id).first()
    return basket is None or basket.follows


def deal_lines(deal: Deal) -> DealLines:
    """The lines of `deal`: two queries."""
    lines = lines_of(deal.pk)
    found = sums(lines, deal.currency)
    return DealLines(
        rows=[LineRow(line=line, amount=amount(line, deal.currency)) for line in lines],
        sums=found,
        follows=follows(deal.pk),
        is_apart=bool(lines) and found.total != deal.amount,
    )
