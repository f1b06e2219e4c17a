"""Every change of the catalogue."""

from afluente.sales.services.products import (
    ChangedMeanwhileError,
    ProductGoneError,
    ProductRefusedError,
    archive_product,
    change_product,
    create_product,
    delete_product,
    mark,
    restore_product,
)
from afluente.sales.services.stock import move_stock
from afluente.sales.services.taxes import TaxTakenError, archive_tax, order_taxes, save_tax

__all__ = [
    "ChangedMeanwhileError",
    "ProductGoneError",
    "ProductRefusedError",
    "TaxTakenError",
    "archive_product",
    "archive_tax",
    "change_product",
    "create_product",
    "delete_product",
    "mark",
    "move_stock",
    "order_taxes",
    "restore_product",
    "save_tax",
]
