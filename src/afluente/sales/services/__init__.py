"""Every change of sales."""

from afluente.sales.services.documents import (
    DocumentGoneError,
    DocumentRefusedError,
    change_document,
    create_document,
    document_by_secret,
)
from afluente.sales.services.drawing import draw
from afluente.sales.services.lines import (
    LineGoneError,
    LineRefusedError,
    add_line,
    change_line,
    copy_lines,
    follow_lines,
    let_follow,
    note_values,
    order_lines,
    remove_line,
    restore_line,
)
from afluente.sales.services.logos import MOST_BYTES as MOST_LOGO_BYTES
from afluente.sales.services.logos import LogoRefusedError, keep_logo, logo_of, remove_logo
from afluente.sales.services.picturing import KIND as PICTURED
from afluente.sales.services.picturing import PICTURES, keep_picture, show_picture
from afluente.sales.services.products import (
    LENGTHS,
    ChangedMeanwhileError,
    ProductGoneError,
    ProductRefusedError,
    archive_product,
    change_product,
    create_product,
    delete_product,
    locked,
    mark,
    plain,
    restore_product,
)
from afluente.sales.services.reopening import REOPENABLE, reopen_document
from afluente.sales.services.sellers import save_seller
from afluente.sales.services.settling import (
    EXPIRE,
    cancel_document,
    decide_quote,
    expire_quote,
    issue_document,
    record_payment,
)
from afluente.sales.services.stock import move_stock
from afluente.sales.services.taxes import TaxTakenError, archive_tax, order_taxes, save_tax

__all__ = [
    "EXPIRE",
    "LENGTHS",
    "MOST_LOGO_BYTES",
    "PICTURED",
    "PICTURES",
    "REOPENABLE",
    "ChangedMeanwhileError",
    "DocumentGoneError",
    "DocumentRefusedError",
    "LineGoneError",
    "LineRefusedError",
    "LogoRefusedError",
    "ProductGoneError",
    "ProductRefusedError",
    "TaxTakenError",
    "add_line",
    "archive_product",
    "archive_tax",
    "cancel_document",
    "change_document",
    "change_line",
    "change_product",
    "copy_lines",
    "create_document",
    "create_product",
    "decide_quote",
    "delete_product",
    "document_by_secret",
    "draw",
    "expire_quote",
    "follow_lines",
    "issue_document",
    "keep_logo",
    "keep_picture",
    "let_follow",
    "locked",
    "logo_of",
    "mark",
    "move_stock",
    "note_values",
    "order_lines",
    "order_taxes",
    "plain",
    "record_payment",
    "remove_line",
    "remove_logo",
    "reopen_document",
    "restore_line",
    "restore_product",
    "save_seller",
    "save_tax",
    "show_picture",
]
