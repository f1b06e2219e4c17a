"""Products and taxes for other programs (docs/reference/api.md)."""

from ninja import Router

from afluente.sales.api.products import router as products_router

router = Router()
router.add_router("", products_router)
