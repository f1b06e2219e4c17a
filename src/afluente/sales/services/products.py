"""Products: made, changed, put away and brought back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from afluente.kernel import clock, money, text
from afluente.sales.models import Product, Tax
from afluente.sales.services.stock import count_stock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.timeline.events import Actor

LENGTHS = {"name": 255, "sku": 64, "description": 2_000, "unit": 20}
EDITABLE = (*LENGTHS, "price", "currency", "prices", "tax_id")
MOST_PRICES = 20


class ProductRefusedError(Exception):
    """A value that a product cannot have; its text is a sentence for people, `field` names which."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class ProductGoneError(Exception):
    """Somebody has deleted the product."""


class ChangedMeanwhileError(Exception):
    """Somebody else has changed this since it was shown."""


@transaction.atomic
def create_product(*, name: str, by: Actor, stock: Decimal | None = None, **values: Any) -> Product:
    """A new product; `values` are fields of EDITABLE, `stock` how many there are when they are counted.

    Raises ProductRefusedError.
    """
    given = clean_values({"name": name, "price": Decimal(0), **values})
    if not given.get("currency"):
        raise ProductRefusedError("currency", gettext("Choose a currency."))
    _require_free(given.get("sku", ""))
    moment = clock.now()
    made: Product = Product.objects.create(**given, created_at=moment, updated_at=moment)
    tell("product.created", made, by, price=plain(made.price), currency=made.currency)
    if stock is not None:
        count_stock(product=made, count=stock, by=by)
    return made


@transaction.atomic
def change_product(*, product_id: int, changes: Mapping[str, Any], by: Actor, seen_at: str = "") -> Product:
    """Set fields of a product (EDITABLE), and `stock`: a count, or None for what is not counted any more.

    Lines and documents that are there keep what they say. `seen_at` is the mark of what the editor
    showed (`mark`): raises ChangedMeanwhileError when it was changed since. Raises ProductRefusedError,
    ProductGoneError.
    """
    product = locked(product_id)
    if seen_at and seen_at != mark(product):
        raise ChangedMeanwhileError(product_id)
    wanted = clean_values({name: value for name, value in changes.items() if name != "stock"})
    if wanted.get("sku", product.sku).lower() != product.sku.lower():
        _require_free(wanted["sku"])
    before = {name: getattr(product, name) for name in wanted}
    changed = {name: value for name, value in wanted.items() if before[name] != value}
    if changed:
        for name, value in changed.items():
            setattr(product, name, value)
        product.updated_at = clock.now()
        product.save(update_fields=[*changed, "updated_at"])
        pairs = {name: [plain(before[name]), plain(value)] for name, value in changed.items()}
        tell("product.changed", product, by, **pairs)
    if "stock" in changes and changes["stock"] != product.stock:
        count_stock(product=product, count=changes["stock"], by=by)
    return product


@transaction.atomic
def archive_product(*, product_id: int, by: Actor, is_back: bool = False) -> Product:
    """Offer a product no more, or again. Raises ProductGoneError."""
    product = locked(product_id)
    if (product.archived_at is None) == is_back:
        return product
    product.archived_at = None if is_back else clock.now()
    product.updated_at = clock.now()
    product.save(update_fields=["archived_at", "updated_at"])
    if is_back:
        tell("product.unarchived", product, by)
    else:
        tell("product.archived", product, by)
    return product


@transaction.atomic
def delete_product(*, product_id: int, by: Actor) -> Product:
    """Put a product away; lines and documents keep what they say. Raises ProductGoneError."""
    product = locked(product_id)
    product.deleted_at = product.updated_at = clock.now()
    product.save(update_fields=["deleted_at", "updated_at"])
    tell("product.deleted", product, by)
    return product


@transaction.atomic
def restore_product(*, product_id: int, by: Actor) -> Product:
    """Bring a deleted product back. Its code is taken off when another product has it by now."""
    product: Product = Product.objects.select_for_update(of=("self",)).get(pk=product_id)
    if product.deleted_at is None:
        return product
    if _is_taken(product.sku):
        product.sku = ""
    product.deleted_at, product.updated_at = None, clock.now()
    product.save(update_fields=["sku", "deleted_at", "updated_at"])
    tell("product.restored", product, by)
    return product


def clean_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are kept. Raises ProductRefusedError."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name in LENGTHS:
            found[name] = text.clean(str(value or ""), limit=LENGTHS[name])
        elif name in EDITABLE:
            found[name] = value
    if found.get("name") == "":
        raise ProductRefusedError("name", gettext("A product needs a name."))
    _check_prices(found)
    if found.get("tax_id") is not None and not Tax.objects.filter(pk=found["tax_id"]).exists():
        raise ProductRefusedError("tax_id", gettext("There is no such tax."))
    return found


def _check_prices(found: dict[str, Any]) -> None:
    if "price" in found:
        found["price"] = price_of(found["price"], "price")
    if "currency" in found and not money.is_currency(str(found["currency"])):
        raise ProductRefusedError("currency", gettext("That is no currency."))
    if "prices" in found:
        found["prices"] = _other_prices(found["prices"])


def price_of(value: Any, field: str) -> Decimal:
    """An amount that something can cost. Raises ProductRefusedError."""
    try:
        found = money.amount(value)
    except money.BadAmountError as error:
        raise ProductRefusedError(field, money.why(error)) from error
    if found < 0:
        raise ProductRefusedError(field, gettext("An amount cannot be below zero."))
    return found


def _other_prices(given: Mapping[str, Any]) -> dict[str, str]:
    if len(given) > MOST_PRICES:
        raise ProductRefusedError("prices", gettext("Those are too many currencies."))
    for code in given:
        if not money.is_currency(str(code)):
            raise ProductRefusedError("prices", gettext("That is no currency."))
    return {str(code): plain(price_of(value, "prices")) for code, value in sorted(given.items())}


def mark(product: Product) -> str:
    """What tells whether a product was changed since somebody looked at it."""
    return product.updated_at.isoformat()


def locked(product_id: int) -> Product:
    """The present product, kept from others until commit. Raises ProductGoneError."""
    found: Product | None = (
        Product.objects.present().select_for_update(of=("self",)).filter(pk=product_id).first()
    )
    if found is None:
        raise ProductGoneError(product_id)
    return found


def _require_free(sku: str) -> None:
    if _is_taken(sku):
        raise ProductRefusedError("sku", gettext("Another product has this code."))


def _is_taken(sku: str) -> bool:
    return bool(sku) and Product.objects.present().filter(sku__iexact=sku).exists()


def plain(value: Any) -> Any:
    """A value as the log and other programs have it: amounts are texts."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def tell(kind: str, product: Product, by: Actor, **data: Any) -> None:
    """Write down what happened to a product."""
    said = {"product": product.pk, "product_name": product.name, **data}
    timeline.record([NewEvent(kind, by, data=said, product_id=product.pk)])
