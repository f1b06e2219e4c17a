"""What the store keeps about a person (kernel.personal)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from afluente.files.models import Attachment, File, Upload
from afluente.files.services.keeping import purge_file
from afluente.files.services.uploading import cancel_upload
from afluente.kernel import personal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.kernel.personal import Subject


def _collect(subject: Subject) -> Sequence[dict[str, Any]]:
    found = File.objects.filter(attachments__kind="contact", attachments__entity_id__in=subject.ids)
    return personal.plain(found.order_by("pk").values("id", "name", "size", "media_type", "created_at"))


def _erase(subject: Subject) -> int:
    return erase_attached("contact", subject.ids)


@transaction.atomic
def erase_attached(kind: str, ids: Sequence[int]) -> int:
    """Remove the files of these records for good, their bytes too; one that another record has as well
    stays there. How many went.
    """
    unfinished = [File.State.UPLOADING, File.State.REFUSED]
    on_their_way = Upload.objects.filter(kind=kind, entity_id__in=ids, file__state__in=unfinished)
    for upload in on_their_way.select_related("file"):
        cancel_upload(upload=upload)
    mine = Attachment.objects.filter(kind=kind, entity_id__in=ids)
    numbers = set(mine.values_list("file_id", flat=True))
    mine.delete()
    shared = set(Attachment.objects.filter(file_id__in=numbers).values_list("file_id", flat=True))
    gone = list(File.objects.filter(pk__in=numbers - shared))
    for file in gone:
        purge_file(file=file)
    return len(gone)


HOLDING = personal.Holding(
    slug="files",
    label=_("Files attached to the contact"),
    tables=("files_file", "files_attachment", "files_upload"),
    collect=_collect,
    erase=_erase,
    fate=_("Removed from the store. One that belongs to another record as well stays there."),
    struck=(("files_file", "name"),),
    order=30,
)
FREE = {"files_folder": "Names of folders."}
