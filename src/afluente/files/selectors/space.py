"""How much the workspace keeps and may keep."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum

from afluente.files.models import File, Store

MEGABYTE = 1_048_576
# What takes room: also what is on its way, so that two uploads cannot both have the last of it.
COUNTED = (File.State.READY, File.State.UPLOADING)


def used() -> int:
    """Bytes that the workspace's files take, previews aside."""
    return File.objects.filter(state__in=COUNTED).aggregate(sum=Sum("size"))["sum"] or 0


def quota() -> int:
    """Bytes that the workspace may keep: its own number, else the installation's."""
    own = own_quota()
    return own * MEGABYTE if own is not None else int(settings.QUOTA)


def own_quota() -> int | None:
    """The megabytes that an administrator set for this workspace."""
    return Store.objects.filter(quota_mb__isnull=False).values_list("quota_mb", flat=True).first()


def file_limit() -> int:
    """Bytes that one file may have."""
    return int(settings.FILE_LIMIT)
