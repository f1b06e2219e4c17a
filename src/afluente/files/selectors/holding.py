"""How much is in a folder, and in the whole store."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from afluente.files.models import Attachment, File, Folder
from afluente.files.selectors.space import quota
from afluente.files.selectors.tree import within


@dataclass(frozen=True)
class Holdings:
    """What goes when a folder goes: its files, those among them that records use, its folders."""

    files: int
    used: int
    folders: int


@dataclass(frozen=True, kw_only=True)
class Room:
    """Bytes used and allowed, and how many files and folders there are."""

    used: int
    quota: int
    files: int
    folders: int

    @property
    def free(self) -> int:
        return max(0, self.quota - self.used)


def holdings(*, folder: Folder) -> Holdings:
    """Counted over the whole tree below `folder`, also what the asker does not see."""
    ids = within(folder)
    files = File.objects.filter(folder_id__in=ids, state=File.State.READY)
    used = Attachment.objects.filter(file__in=files.values("pk")).values("file_id").distinct().count()
    return Holdings(files.count(), used, Folder.objects.filter(pk__in=ids[1:], deleted_at=None).count())


def room() -> Room:
    """The statistics of the workspace's store."""
    counted = File.objects.aggregate(
        used=Sum("size", filter=Q(state__in=[File.State.READY, File.State.UPLOADING])),
        files=Count("pk", filter=Q(state=File.State.READY)),
    )
    return Room(
        used=counted["used"] or 0,
        quota=quota(),
        files=counted["files"],
        folders=Folder.objects.filter(deleted_at=None).count(),
    )
