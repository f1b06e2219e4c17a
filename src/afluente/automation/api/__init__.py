"""Rules of stages for other programs (docs/reference/automation.md)."""

from ninja import Router

from afluente.automation.api.rules import router as rules_router
from afluente.automation.api.steps import router as steps_router

router = Router()
for part in (rules_router, steps_router):
    router.add_router("", part)
