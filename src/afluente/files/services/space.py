"""How much a workspace may keep (crm.md 5.11, Q9)."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext

from afluente.files.models import File, Store
from afluente.files.services.naming import FileRefusedError
from afluente.kernel.workspace import current_workspace_id

MEGABYTE = 1_048_576
# What takes room: also what is on its way, so that two uploads cannot both have the last of it.
COUNTED = (File.State.READY, File.State.UPLOADING)


def used() -> int:
    """Bytes that the workspace's files take, previews aside."""
    return File.objects.filter(state__in=COUNTED).aggregate(sum=Sum("size"))["sum"] or 0


def quota() -> int:
    """Bytes that the workspace may keep: its own number, else the installation's."""
    own = Store.objects.filter(quota_mb__isnull=False).values_list("quota_mb", flat=True).first()
    return int(own) * MEGABYTE if own is not None else int(settings.QUOTA)


@transaction.atomic
def take_room(size: int) -> None:
    """See that a file of `size` bytes may come, and hold others back until it is written down.

    Raises FileRefusedError naming the limit.
    """
    if size > settings.FILE_LIMIT:
        raise FileRefusedError(
            gettext("A file may have {limit} MB here, this one has {size} MB.").format(
                limit=settings.FILE_LIMIT // MEGABYTE, size=-(-size // MEGABYTE)
            ),
            "too_large",
        )
    Store.objects.get_or_create(workspace_id=current_workspace_id())
    Store.objects.select_for_update().get()
    whole = quota()
    if used() + size > whole:
        raise FileRefusedError(
            gettext(
                "The store is full: {limit} MB are allowed. Delete files, or ask an administrator."
            ).format(limit=whole // MEGABYTE),
            "store_full",
        )


@transaction.atomic
def change_quota(*, megabytes: int | None) -> None:
    """Give the workspace a quota of its own; None for the installation's."""
    Store.objects.update_or_create(workspace_id=current_workspace_id(), defaults={"quota_mb": megabytes})
