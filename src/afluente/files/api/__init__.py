"""The store for other programs."""

from ninja import Router

from afluente.files.api.files import router as files_router
from afluente.files.api.folders import router as folders_router

router = Router()
# Folders, statistics and uploads first: their words would be taken for the number of a file.
for part in (folders_router, files_router):
    router.add_router("", part)
