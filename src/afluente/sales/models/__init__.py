"""Tables of the catalogue."""

from afluente.sales.models.products import Product, ProductQuerySet, StockMove, Tax

__all__ = ["Product", "ProductQuerySet", "StockMove", "Tax"]
