"""Tables of sales."""

from afluente.sales.models.lines import Basket, Line
from afluente.sales.models.products import Product, ProductQuerySet, StockMove, Tax

__all__ = ["Basket", "Line", "Product", "ProductQuerySet", "StockMove", "Tax"]
