"""What happens to files that are in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.files.models import Attachment, File, Folder
from afluente.files.services.attaching import tell_detached
from afluente.files.services.naming import file_name
from afluente.files.services.regret import REGRET, purge_later
from afluente.files.services.uploading import forget
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.files.events import By


def rename_file(*, file: File, name: str) -> File:
    """Call it something else. Raises FileRefusedError as for a new file."""
    file.name = file_name(name)
    file.save(update_fields=["name"])
    return file


def move_files(*, files: Sequence[File], to: Folder | None) -> None:
    """Put files into another folder; what they are attached to does not change."""
    File.objects.filter(pk__in=[file.pk for file in files]).update(folder=to)


@transaction.atomic
def delete_files(*, files: Sequence[File], by: By) -> None:
    """Take files out of the store and off every record (SP-168). For a day `restore_files` undoes it."""
    ids = [file.pk for file in files]
    File.objects.filter(pk__in=ids, state=File.State.READY).update(
        state=File.State.DELETED, deleted_at=clock.now()
    )
    places: dict[int, list[tuple[str, int]]] = {}
    rows = Attachment.objects.filter(file_id__in=ids).values_list("file_id", "kind", "entity_id")
    for file_id, kind, entity_id in rows:
        places.setdefault(file_id, []).append((kind, entity_id))
    for file in files:
        tell_detached(file=file, places=places.get(file.pk, []), by=by, is_deleted=True)
    purge_later(ids)


@transaction.atomic
def restore_files(*, files: Sequence[File]) -> None:
    """Bring deleted files back, to the records they were with; to the top when their folder is gone."""
    ids = [file.pk for file in files]
    File.objects.filter(pk__in=ids, folder__deleted_at__isnull=False).update(folder=None)
    File.objects.filter(pk__in=ids, state=File.State.DELETED).update(state=File.State.READY, deleted_at=None)


@transaction.atomic
def purge_file(*, file: File) -> None:
    """Remove a file for good: its row, its attachments, its bytes and its pictures."""
    forget([[key, 0] for key in (file.key, file.thumb_key, file.preview_key) if key])
    file.delete()


def purge_folders() -> None:
    """Remove deleted folders that nobody can bring back and that hold nothing any more."""
    late = Folder.objects.filter(deleted_at__lt=clock.now() - 2 * REGRET, files=None, children=None)
    late.delete()
