"""Products and taxes for other programs (docs/reference/api.md)."""

from ninja import Router

from afluente.sales.api.documents import router as documents_router
from afluente.sales.api.lines import router as lines_router
from afluente.sales.api.products import router as products_router
from afluente.sales.api.taxes import router as taxes_router

router = Router()
for part in (products_router, taxes_router, lines_router, documents_router):
    router.add_router("", part)
