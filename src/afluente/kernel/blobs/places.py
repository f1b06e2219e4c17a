"""Which place this installation uses."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from afluente.kernel.blobs.base import Storage  # noqa: TC001  what `at` gives
from afluente.kernel.blobs.local import LocalStorage
from afluente.kernel.blobs.s3 import S3Storage, parse_address

if TYPE_CHECKING:
    from pathlib import Path


def storage() -> Storage:
    """The place named by AFLUENTE_FILES_URL; the folder `files` of the data directory without it."""
    return at(settings.FILES_URL, settings.FILES_DIR)


@lru_cache(maxsize=8)
def at(url: str | None, folder: Path) -> Storage:
    """The place of these settings. Raises ValueError for an address that is none."""
    return S3Storage(parse_address(url)) if url else LocalStorage(folder)
