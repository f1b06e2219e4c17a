"""An import whose file comes in parts, minutes and connections apart, by an upload of files."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from afluente.files import services as files
from afluente.kernel import clock, jobs
from afluente.kernel.workspace import current_workspace_id
from afluente.transfer.models import Import
from afluente.transfer.services.kinds import CONTACTS
from afluente.transfer.services.starting import look_later
from afluente.ui import formats

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

FORGET = "transfer.forget"
PATIENCE = timedelta(hours=26)  # longer than an upload waits for its next part


@transaction.atomic
def await_file(*, name: str, size: int, member: Membership, about: str = CONTACTS) -> Import:
    """An import whose file comes in parts: an upload of files with this import as its record.

    Raises files.FileRefusedError for one that is empty or too large, before a byte was sent.
    """
    called = files.clean_name(name)
    if size == 0:
        raise files.FileRefusedError(
            gettext("{file} is empty. Save it again with its rows in it.").format(file=called), "empty"
        )
    if size > settings.FILE_LIMIT:
        limit = formats.size(settings.FILE_LIMIT)
        raise files.FileRefusedError(
            gettext("This file is too large: up to {limit} can be sent. Split it, or save it as CSV.").format(
                limit=limit
            ),
            "too_large",
        )
    given = Import.objects.create(name=called, member=member, created_at=clock.now(), about=about)
    jobs.enqueue(
        FORGET,
        {"import_id": given.pk},
        due_at=clock.now() + PATIENCE,
        key=f"{current_workspace_id()}:{given.pk}",
        workspace_id=current_workspace_id(),
    )
    return given


@transaction.atomic
def take_file(*, import_id: int, file_id: int) -> None:
    """The awaited file is whole: have it read. A file of an import that awaits none changes nothing."""
    given = Import.objects.select_for_update(of=("self",)).filter(pk=import_id).first()
    if given is None or given.state != Import.State.READING or given.file_id is not None:
        return
    given.file_id = file_id
    given.save(update_fields=["file"])
    look_later(given)


@transaction.atomic
def forget_import(*, import_id: int) -> None:
    """Remove an import whose file never came whole."""
    Import.objects.filter(pk=import_id, state=Import.State.READING, file=None).delete()
