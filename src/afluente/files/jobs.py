"""Files in the background: putting together, pictures, clean-up."""

from __future__ import annotations

import logging
from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.files import services
from afluente.files.events import By
from afluente.files.models import File
from afluente.kernel.jobs import every, job

log = logging.getLogger("afluente.files")


@job(services.ASSEMBLE, atomic=False, label=_("Put an uploaded file together"))
def assemble(workspace_id: int, upload_id: int, by: list[Any], **_later: Any) -> None:
    """The last part of an upload has come."""
    services.assemble(workspace_id=workspace_id, upload_id=upload_id, by=By(*by))


@job(services.PICTURE, atomic=False, retries=2, label=_("Draw the preview of a file"))
def picture(workspace_id: int, file_id: int, **_later: Any) -> None:
    """A picture or a document came in."""
    services.draw_pictures(workspace_id=workspace_id, file_id=file_id)


@job(services.EXPIRE, label=_("Forget an upload that was given up"))
def expire(upload_id: int, **_later: Any) -> None:
    """The patience of an upload may be over."""
    services.expire_upload(upload_id=upload_id)


@job(services.PURGE, label=_("Remove a deleted file for good"))
def purge(file_id: int, **_later: Any) -> None:
    """The day in which a deleted file could be brought back is over."""
    file = File.objects.filter(pk=file_id, state=File.State.DELETED).first()
    if file is not None:
        services.purge_file(file=file)
    services.purge_folders()


@every(86_400, "files.sweep", atomic=False)
def sweep(**_later: Any) -> None:
    """Once a day: bytes nobody speaks of."""
    if count := services.sweep_orphans():
        log.info("%d orphaned files were removed from the store.", count)
