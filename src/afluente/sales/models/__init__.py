"""Tables of sales."""

from afluente.sales.models.documents import WORDS, Document, DocumentCounter, Logo, Seller
from afluente.sales.models.lines import Basket, Line
from afluente.sales.models.products import Product, ProductQuerySet, StockMove, Tax

__all__ = [
    "WORDS",
    "Basket",
    "Document",
    "DocumentCounter",
    "Line",
    "Logo",
    "Product",
    "ProductQuerySet",
    "Seller",
    "StockMove",
    "Tax",
]
