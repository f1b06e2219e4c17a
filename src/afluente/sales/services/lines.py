"""The lines of a deal: added, changed, ordered, taken away and put back.

Whoever changes lines holds the deal, so that two people wait for each other, and its value, which
follows the lines, is never that of a moment before.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from afluente.deals import services as deals
from afluente.deals.models import Deal
from afluente.deals.services.editing import locked, primary_contacts, told
from afluente.kernel import clock, money, text
from afluente.sales.models import Basket, Line, Product, Tax
from afluente.sales.selectors import lines_by_deal, lines_of, price_in, sums
from afluente.sales.services.products import ChangedMeanwhileError, plain
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor

MOST = 500  # lines of one deal
WORDS = {"name": 255, "description": 2_000, "unit": 20}
NUMBERS = ("quantity", "price", "discount")
EDITABLE = (*WORDS, *NUMBERS, "discount_kind", "tax_id")
LARGEST_QUANTITY = Decimal(10) ** 9


class LineRefusedError(Exception):
    """A line that cannot be; its text is a sentence for people, `field` names what to mend."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class LineGoneError(Exception):
    """Somebody has taken the line away."""


@transaction.atomic
def add_line(
    *, deal_id: int, by: Actor, product_id: int | None = None, currency: str | None = None, **values: Any
) -> Line:
    """Put a product, or something free, on a deal; `values` are fields of EDITABLE and go before the product's.

    `currency` is that of the price, when whoever asks names one. Raises LineRefusedError, also for a
    currency that is not the deal's and for a product without a price in it; deals' DealIsGoneError.
    """
    deal = locked(deal_id)
    if currency is not None and currency != deal.currency:
        said = gettext("This deal is in {currency}. Nothing is converted.").format(currency=deal.currency)
        raise LineRefusedError("currency", said)
    if len(lines_of(deal_id)) >= MOST:
        raise LineRefusedError("deal_id", gettext("A deal has at most 500 lines."))
    given = _from_product(deal, product_id, "price" in values) | values
    last = Line.objects.filter(deal_id=deal_id).aggregate(last=Max("position"))["last"]
    line = Line(deal_id=deal_id, product_id=product_id, position=0 if last is None else last + 1)
    line.sku = given.pop("sku", "")
    _fill(line, given, deal)
    line.save()
    _tell(deal, by, {"added": line.name, "quantity": plain(line.quantity), "price": plain(line.price)})
    _follow(deal, by)
    return line


@transaction.atomic
def change_line(*, line_id: int, changes: Mapping[str, Any], by: Actor, seen: int | None = None) -> Line:
    """Set fields of a line (EDITABLE), only those given. `seen` is the version that the editor showed.

    Raises ChangedMeanwhileError when it was changed since, LineRefusedError, LineGoneError.
    """
    line, deal = _held(line_id)
    before = {name: getattr(line, name) for name in (*EDITABLE, "tax_name")}
    _fill(line, changes, deal)
    after = {name: getattr(line, name) for name in (*EDITABLE, "tax_name")}
    changed = {
        name: [plain(before[name]), plain(after[name])] for name in after if before[name] != after[name]
    }
    if not changed:
        return line
    if seen is not None and seen != line.version:
        raise ChangedMeanwhileError(line_id)
    line.version += 1
    line.save()
    _tell(deal, by, {"changed": line.name, "fields": changed})
    _follow(deal, by)
    return line


@transaction.atomic
def remove_line(*, line_id: int, by: Actor) -> Line:
    """Take a line away; `restore_line` puts it back. Raises LineGoneError."""
    line, deal = _held(line_id)
    line.removed_at = clock.now()
    line.save(update_fields=["removed_at"])
    _tell(deal, by, {"removed": line.name, "quantity": plain(line.quantity), "price": plain(line.price)})
    _follow(deal, by)
    return line


@transaction.atomic
def restore_line(*, line_id: int, by: Actor) -> Line:
    """Put a line back that was taken away. Raises LineGoneError, deals' DealIsGoneError."""
    line = Line.objects.filter(pk=line_id).first()
    if line is None:
        raise LineGoneError(line_id)
    deal = locked(line.deal_id)
    line.refresh_from_db()
    if line.removed_at is None:
        return line
    line.removed_at = None
    line.save(update_fields=["removed_at"])
    _tell(deal, by, {"added": line.name, "quantity": plain(line.quantity), "price": plain(line.price)})
    _follow(deal, by)
    return line


@transaction.atomic
def order_lines(*, deal_id: int, ids: Sequence[int], by: Actor) -> None:
    """Put the lines of a deal into the order of `ids`; those not named come after, as they were."""
    deal = locked(deal_id)
    present = lines_of(deal_id)
    before = [one.pk for one in present]
    wanted = {line_id: place for place, line_id in enumerate(ids)}
    present.sort(key=lambda one: wanted.get(one.pk, len(wanted)))
    after = [one.pk for one in present]
    if after == before:
        return
    for position, one in enumerate(present):
        one.position = position
    Line.objects.bulk_update(present, ["position"])
    _tell(deal, by, {"order": [before, after]})


@transaction.atomic
def let_follow(*, deal_id: int, follows: bool, by: Actor) -> None:
    """Let the value of a deal follow its lines, or stay as it is set by hand. Raises DealIsGoneError."""
    deal = locked(deal_id)
    basket, _ = Basket.objects.get_or_create(deal_id=deal_id)
    if basket.follows != follows:
        basket.follows = follows
        basket.save(update_fields=["follows"])
        _tell(deal, by, {"follows": [not follows, follows]})
    _follow(deal, by)


@transaction.atomic
def copy_lines(*, from_id: int, to_id: int) -> None:
    """Give a copy of a deal the lines of the first one, and the same way to its value."""
    lines = lines_of(from_id)
    for line in lines:
        line.pk, line.deal_id, line.version = None, to_id, 1
    Line.objects.bulk_create(lines)
    basket = Basket.objects.filter(deal_id=from_id).first()
    if basket is not None:
        Basket.objects.create(deal_id=to_id, follows=basket.follows)


def follow_lines(*, deal_ids: Sequence[int], by: Actor) -> None:
    """Let the values of those of these deals that follow their lines say what the lines come to now."""
    following = Basket.objects.filter(deal_id__in=list(deal_ids), follows=True).values("deal_id")
    held = Deal.objects.present().select_for_update(of=("self",)).filter(pk__in=following)
    for deal in held.order_by("pk"):
        _follow(deal, by)


def note_values(*, values: Mapping[int, Decimal], by: Actor) -> None:
    """Somebody sets the values of deals: those that are not what their lines come to follow them no more."""
    following = Basket.objects.filter(deal_id__in=list(values), follows=True).values_list(
        "deal_id", flat=True
    )
    lines = lines_by_deal(following)
    apart = [
        deal
        for deal in Deal.objects.filter(pk__in=list(lines)).order_by("pk")
        if sums(lines[deal.pk], deal.currency).total != values[deal.pk]
    ]
    if not apart:
        return
    Basket.objects.filter(deal_id__in=[deal.pk for deal in apart]).update(follows=False)
    people = primary_contacts([deal.pk for deal in apart])
    timeline.record(
        [
            NewEvent(
                "deal.lines_changed",
                by,
                deal_id=one.pk,
                contact_id=people.get(one.pk),
                data={"follows": [True, False], "currency": one.currency},
            )
            for one in apart
        ]
    )


def _held(line_id: int) -> tuple[Line, Deal]:
    """A present line and its deal, kept from others until commit."""
    deal_id = Line.objects.filter(pk=line_id, removed_at=None).values_list("deal_id", flat=True).first()
    if deal_id is None:
        raise LineGoneError(line_id)
    deal = locked(deal_id)
    line = Line.objects.filter(pk=line_id, removed_at=None).first()
    if line is None:  # taken away while we waited for the deal
        raise LineGoneError(line_id)
    return line, deal


def _from_product(deal: Deal, product_id: int | None, has_price: bool) -> dict[str, Any]:
    """What a product says of itself, in the currency of the deal."""
    if product_id is None:
        return {}
    product = Product.objects.present().filter(pk=product_id).first()
    if product is None:
        raise LineRefusedError("product_id", gettext("There is no such product."))
    price = price_in(product, deal.currency)
    if price is None and not has_price:
        said = gettext("{name} has no price in {currency}. Give it one, or add a line of your own.")
        raise LineRefusedError("price", said.format(name=product.name, currency=deal.currency))
    names = ("name", "sku", "description", "unit", "tax_id")
    return {**{name: getattr(product, name) for name in names}, "price": price}


def _fill(line: Line, given: Mapping[str, Any], deal: Deal) -> None:
    """Set what is given, as it is kept. Raises LineRefusedError."""
    for name, limit in WORDS.items():
        if name in given:
            setattr(line, name, text.clean(str(given[name] or ""), limit=limit))
    if not line.name:
        raise LineRefusedError("name", gettext("A line needs a name."))
    for name in NUMBERS:
        if name in given:
            setattr(line, name, _number(name, given[name]))
    if "discount_kind" in given:
        line.discount_kind = Line.Discount(given["discount_kind"])
    _check(line, deal)
    if "tax_id" in given and (given["tax_id"] != line.tax_id or line.pk is None):
        _tax(line, given["tax_id"])


def _number(name: str, value: Any) -> Decimal:
    try:
        found = money.amount(value)
    except money.BadAmountError as error:
        raise LineRefusedError(name, money.why(error)) from error
    if found < 0:
        raise LineRefusedError(name, gettext("An amount cannot be below zero."))
    return found


def _check(line: Line, deal: Deal) -> None:
    if not 0 < line.quantity < LARGEST_QUANTITY:
        raise LineRefusedError("quantity", gettext("Write how many, above zero."))
    whole = line.quantity * line.price
    if whole >= money.LIMIT / MOST:
        raise LineRefusedError("price", gettext("That is too much."))
    most = (
        Decimal(100) if line.discount_kind == Line.Discount.PERCENT else money.rounded(whole, deal.currency)
    )
    if line.discount > most:
        raise LineRefusedError("discount", gettext("A discount cannot be more than the line."))


def _tax(line: Line, tax_id: int | None) -> None:
    tax = Tax.objects.filter(pk=tax_id).first() if tax_id else None
    if tax_id and tax is None:
        raise LineRefusedError("tax_id", gettext("There is no such tax."))
    line.tax_id = tax.pk if tax else None
    line.tax_name = tax.name if tax else ""
    line.tax_rate = tax.rate if tax else Decimal(0)
    line.is_tax_included = tax.is_included if tax else False


def _follow(deal: Deal, by: Actor) -> None:
    """Let the value of the deal be what its lines come to, if it follows them. One event, when it changes."""
    basket, _ = Basket.objects.get_or_create(deal_id=deal.pk)
    if not basket.follows:
        return
    total = sums(lines_of(deal.pk), deal.currency).total
    deals.change_deal(deal_id=deal.pk, changes={"amount": total}, by=by)


def _tell(deal: Deal, by: Actor, data: Mapping[str, Any]) -> None:
    timeline.record([told("deal.lines_changed", deal, by, {**data, "currency": deal.currency})])
