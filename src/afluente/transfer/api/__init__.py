"""Imports and exports for other programs (docs/reference/api.md)."""

from ninja import Router

from afluente.transfer.api.exports import router as exports_router
from afluente.transfer.api.externals import router as externals_router
from afluente.transfer.api.imports import router as imports_router
from afluente.transfer.api.parts import router as parts_router
from afluente.transfer.api.schedules import router as schedules_router

router = Router()
# Those with a word in their address before those with a number there.
router.add_router("", parts_router)
router.add_router("", imports_router)
router.add_router("", schedules_router)
router.add_router("", exports_router)
router.add_router("", externals_router)
