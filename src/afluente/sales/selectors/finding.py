"""Products as lines of the search box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F
from django.urls import reverse

from afluente.sales import policies
from afluente.sales.selectors.products import named
from afluente.ui import formats
from afluente.ui.finding import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.accounts.models import Membership
    from afluente.sales.models import Product


def find_products(member: Membership, typed: str, limit: int) -> list[Row]:
    """Products whose name or code has every word: offered ones first, by name."""
    found = named(policies.products_visible_to(member), typed)
    return _product_rows(found.order_by(F("archived_at").asc(nulls_first=True), "search_name", "pk")[:limit])


def fetch_products(member: Membership, ids: Sequence[int]) -> list[Row]:
    """Those of `ids` that `member` sees."""
    return _product_rows(policies.products_visible_to(member).filter(pk__in=ids))


def _product_rows(products: Iterable[Product]) -> list[Row]:
    return [
        Row(
            title=product.name,
            note=product.sku,
            meta=formats.money(product.price, product.currency),
            icon="package",
            pk=product.pk,
            url=reverse("sales:product", args=[product.pk]),
        )
        for product in products
    ]
