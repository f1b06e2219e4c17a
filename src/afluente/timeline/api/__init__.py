"""Comments, history and notifications for other programs (docs/reference/api.md)."""

from ninja import Router

from afluente.timeline.api.comments import router as comments_router
from afluente.timeline.api.companies import router as companies_router
from afluente.timeline.api.notifications import router as notifications_router
from afluente.timeline.api.preferences import router as preferences_router
from afluente.timeline.api.tasks import router as tasks_router

router = Router()
for part in (
    comments_router,
    companies_router,
    tasks_router,
    preferences_router,
    notifications_router,
):
    router.add_router("", part)
