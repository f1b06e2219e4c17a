"""What lines come to: pure arithmetic, exact to the cent (ADR 0171)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from afluente.kernel import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HUNDRED = Decimal(100)
PERCENT = "percent"


class Priced(Protocol):
    """What a sum is made of: a line of a deal, or of a document."""

    quantity: Decimal
    price: Decimal
    discount: Decimal
    discount_kind: str
    tax_name: str
    tax_rate: Decimal
    is_tax_included: bool


@dataclass(frozen=True, kw_only=True)
class TaxSum:
    """A tax on all lines that have it: on how much, and how much it is."""

    name: str
    rate: Decimal
    is_included: bool
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What lines come to: `net` without any tax, `tax` all of them, `total` what is paid."""

    net: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    taxes: Sequence[TaxSum]


def gross(line: Priced, currency: str) -> Decimal:
    """Quantity times price, in whole cents."""
    return money.rounded(line.quantity * line.price, currency)


def discount(line: Priced, currency: str) -> Decimal:
    """What is taken off, in whole cents; never more than there is."""
    whole = gross(line, currency)
    off = whole * line.discount / HUNDRED if line.discount_kind == PERCENT else line.discount
    return min(money.rounded(off, currency), whole)


def amount(line: Priced, currency: str) -> Decimal:
    """What a line comes to, as its price is meant: with its tax when that is included."""
    return gross(line, currency) - discount(line, currency)


def sums(lines: Iterable[Priced], currency: str) -> Sums:
    """The sums of lines. Each tax is worked out once, on the sum of its lines, and rounded once."""
    found = list(lines)
    whole: dict[tuple[str, Decimal, bool], Decimal] = {}
    for line in found:
        key = (line.tax_name, line.tax_rate.normalize(), line.is_tax_included)
        whole[key] = whole.get(key, Decimal(0)) + amount(line, currency)
    taxes = [_tax(key, held, currency) for key, held in whole.items() if key[1]]
    added = sum((one.amount for one in taxes if not one.is_included), Decimal(0))
    tax = sum((one.amount for one in taxes), Decimal(0))
    total = sum(whole.values(), Decimal(0)) + added
    return Sums(
        net=total - tax,
        discount=sum((discount(line, currency) for line in found), Decimal(0)),
        tax=tax,
        total=total,
        taxes=taxes,
    )


def _tax(key: tuple[str, Decimal, bool], held: Decimal, currency: str) -> TaxSum:
    name, rate, is_included = key
    share = held * rate / (HUNDRED + rate) if is_included else held * rate / HUNDRED
    found = money.rounded(share, currency)
    return TaxSum(
        name=name,
        rate=rate,
        is_included=is_included,
        base=held - found if is_included else held,
        amount=found,
    )
