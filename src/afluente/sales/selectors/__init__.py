"""Reads of the catalogue."""

from afluente.sales.selectors.documents import (
    DocumentFilter,
    DocumentPage,
    api_documents,
    document_count,
    document_page,
    documents_of,
    fetch_documents,
    find_documents,
    tone,
)
from afluente.sales.selectors.finding import fetch_products, find_products
from afluente.sales.selectors.histories import product_feed
from afluente.sales.selectors.lines import (
    DealLines,
    LineRow,
    deal_lines,
    follows,
    line_count,
    lines_by_deal,
    lines_of,
    with_lines,
)
from afluente.sales.selectors.parties import seller_of
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
    "DocumentFilter",
    "DocumentPage",
    "LineRow",
    "ProductFilter",
    "ProductPage",
    "Sums",
    "TaxSum",
    "amount",
    "api_documents",
    "api_products",
    "deal_lines",
    "discount",
    "document_count",
    "document_page",
    "documents_of",
    "fetch_documents",
    "fetch_products",
    "find_documents",
    "find_products",
    "follows",
    "gross",
    "line_count",
    "lines_by_deal",
    "lines_of",
    "named",
    "offers",
    "price_in",
    "product_feed",
    "product_page",
    "seller_of",
    "stock_moves",
    "sums",
    "tax_rows",
    "taxes",
    "tone",
    "with_lines",
]
