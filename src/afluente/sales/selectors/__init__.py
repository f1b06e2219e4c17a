"""Reads of the catalogue."""

from afluente.sales.selectors.finding import fetch_products, find_products
from afluente.sales.selectors.lines import DealLines, LineRow, deal_lines, follows, line_count, lines_of
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
from afluente.sales.selectors.sums import Sums, TaxSum, amount, discount, gross, sums

__all__ = [
    "DealLines",
    "LineRow",
    "ProductFilter",
    "ProductPage",
    "Sums",
    "TaxSum",
    "amount",
    "api_products",
    "deal_lines",
    "discount",
    "fetch_products",
    "find_products",
    "follows",
    "gross",
    "line_count",
    "lines_of",
    "named",
    "offers",
    "price_in",
    "product_page",
    "stock_moves",
    "sums",
    "tax_rows",
    "taxes",
]
