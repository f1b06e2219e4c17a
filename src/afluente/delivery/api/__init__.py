"""Messages for other programs (docs/reference/api.md)."""

from ninja import Router

from afluente.delivery.api.bounces import router as bounces_router
from afluente.delivery.api.messages import router as messages_router
from afluente.delivery.api.templates import router as templates_router

router = Router()
for part in (bounces_router, messages_router, templates_router):
    router.add_router("", part)
