"""How much of a product there is. Every change of it is a line in its account (ADR 0172)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from afluente.kernel import clock
from afluente.sales.models import Product, StockMove
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.timeline.events import Actor


def count_stock(*, product: Product, count: Decimal | None, by: Actor) -> None:
    """Say how many there are, as somebody counted them; None: they are not counted any more.

    `product` is locked by the caller, in its transaction.
    """
    before = product.stock
    if count == before:
        return
    product.stock = count
    product.updated_at = clock.now()
    product.save(update_fields=["stock", "updated_at"])
    if count is not None:
        _note(product, StockMove.Cause.COUNTED, count - (before or Decimal(0)), by)
    _tell(product, before, by)


def move_stock(*, quantities: Mapping[int, Decimal], cause: StockMove.Cause, by: Actor) -> None:
    """Take sold quantities out of the stock of products, or put returned ones back; by product.

    Products that are not counted, or are gone, are passed over. Locks them in the order of their numbers.
    """
    counted = Product.objects.filter(pk__in=list(quantities), stock__isnull=False)
    sign = -1 if cause == StockMove.Cause.SOLD else 1
    for product in counted.select_for_update(of=("self",)).order_by("pk"):
        assert product.stock is not None
        before, change = product.stock, sign * quantities[product.pk]
        product.stock = before + change
        product.updated_at = clock.now()
        product.save(update_fields=["stock", "updated_at"])
        _note(product, cause, change, by)
        _tell(product, before, by)


def _note(product: Product, cause: StockMove.Cause, change: Decimal, by: Actor) -> None:
    assert product.stock is not None
    StockMove.objects.create(
        product=product,
        at=clock.now(),
        cause=cause,
        quantity=change,
        balance=product.stock,
        actor_name=by.name[:150],
    )


def _tell(product: Product, before: Decimal | None, by: Actor) -> None:
    pair = [None if one is None else f"{one.normalize():f}" for one in (before, product.stock)]
    data = {"product": product.pk, "product_name": product.name, "stock": pair}
    timeline.record([NewEvent("product.stock_changed", by, data=data, product_id=product.pk)])
