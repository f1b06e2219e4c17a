"""Messages for other programs (docs/reference/api.md)."""

from ninja import Router

from afluente.delivery.api.bounces import router as bounces_router

router = Router()
router.add_router("", bounces_router)
