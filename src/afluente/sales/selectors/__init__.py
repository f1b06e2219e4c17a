"""Reads of the catalogue."""

from afluente.sales.selectors.finding import fetch_products, find_products
from afluente.sales.selectors.products import (
    ProductFilter,
    ProductPage,
    api_products,
    named,
    offers,
    price_in,
    product_page,
    stock_moves,
    tax_rows,
    taxes,
)

__all__ = [
    "ProductFilter",
    "ProductPage",
    "api_products",
    "fetch_products",
    "find_products",
    "named",
    "offers",
    "price_in",
    "product_page",
    "stock_moves",
    "tax_rows",
    "taxes",
]
