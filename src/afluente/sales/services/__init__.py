"""Every change of the catalogue."""

from afluente.sales.services.lines import (
    LineGoneError,
    LineRefusedError,
    add_line,
    change_line,
    copy_lines,
    let_follow,
    note_value,
    order_lines,
    remove_line,
    restore_line,
)
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
    "LineGoneError",
    "LineRefusedError",
    "ProductGoneError",
    "ProductRefusedError",
    "TaxTakenError",
    "add_line",
    "archive_product",
    "archive_tax",
    "change_line",
    "change_product",
    "copy_lines",
    "create_product",
    "delete_product",
    "let_follow",
    "mark",
    "move_stock",
    "note_value",
    "order_lines",
    "order_taxes",
    "remove_line",
    "restore_line",
    "restore_product",
    "save_tax",
]
