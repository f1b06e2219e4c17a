"""Imports and exports for other programs (docs/reference/api.md)."""

from ninja import Router

from afluente.transfer.api.exports import router as exports_router
from afluente.transfer.api.externals import router as externals_router
from afluente.transfer.api.imports import router as imports_router

router = Router()
router.add_router("", imports_router)
router.add_router("", exports_router)
router.add_router("", externals_router)
