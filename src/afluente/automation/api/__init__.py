"""Rules of stages and triggers for other programs (docs/reference/automation.md)."""

from ninja import Router

from afluente.automation.api.backtests import router as backtests_router
from afluente.automation.api.hours import router as hours_router
from afluente.automation.api.looking import router as looking_router
from afluente.automation.api.portable import router as portable_router
from afluente.automation.api.rules import router as rules_router
from afluente.automation.api.runs import router as runs_router
from afluente.automation.api.steps import router as steps_router
from afluente.automation.api.triggers import router as triggers_router

router = Router()
for part in (
    rules_router,
    looking_router,
    steps_router,
    runs_router,
    triggers_router,
    hours_router,
    backtests_router,
    portable_router,
):
    router.add_router("", part)
