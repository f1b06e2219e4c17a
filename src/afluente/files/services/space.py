"""How much a workspace may keep (crm.md 5.11, Q9)."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from afluente.files.models import Store
from afluente.files.selectors.space import quota, used
from afluente.files.services.naming import FileRefusedError
from afluente.kernel.workspace import current_workspace_id
from afluente.ui import formats


@transaction.atomic
def take_room(size: int) -> None:
    """See that a file of `size` bytes may come, and hold others back until it is written down.

    Raises FileRefusedError naming the limit.
    """
    if size > settings.FILE_LIMIT:
        raise FileRefusedError(
            gettext("A file may have {limit} here, this one has {size}.").format(
                limit=formats.size(settings.FILE_LIMIT), size=formats.size(size)
            ),
            "too_large",
        )
    Store.objects.get_or_create(workspace_id=current_workspace_id())
    Store.objects.select_for_update().get()
    whole = quota()
    if used() + size > whole:
        raise FileRefusedError(
            gettext("The store is full: {limit} are allowed. Delete files, or ask an administrator.").format(
                limit=formats.size(whole)
            ),
            "store_full",
        )


@transaction.atomic
def change_quota(*, megabytes: int | None) -> None:
    """Give the workspace a quota of its own; None for the installation's."""
    Store.objects.update_or_create(workspace_id=current_workspace_id(), defaults={"quota_mb": megabytes})
