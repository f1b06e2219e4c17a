"""Tasks for other programs."""

from ninja import Router

from afluente.tasks.api.boards import router as boards_router
from afluente.tasks.api.items import router as items_router
from afluente.tasks.api.tasks import router as tasks_router

router = Router()
for part in (boards_router, items_router, tasks_router):
    router.add_router("", part)
