"""Folders and files as the store shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from afluente.files import policies
from afluente.files.models import Attachment, File, Folder, Upload
from afluente.files.selectors.kinds import kind_of
from afluente.files.selectors.space import quota, used
from afluente.files.selectors.tree import DEEPEST, path_of
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership

PAGE = 100


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """A file in a list. `uses` is the number of records it is attached to."""

    id: int
    name: str
    size: int
    word: StrOrPromise
    sign: str
    is_picture: bool
    added_at: datetime
    by: str
    uses: int
    folder_id: int | None
    may_change: bool


@dataclass(frozen=True, kw_only=True)
class FolderRow:
    """A folder in a list."""

    id: int
    name: str
    is_home: bool
    may_change: bool


@dataclass(frozen=True, kw_only=True)
class UploadRow:
    """A file that this person began to bring in, or that was refused after it had come."""

    token: str
    name: str
    size: int
    offset: int
    is_complete: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class StorePage:
    """One folder, or what a search found in all of them."""

    folder: Folder | None
    path: Sequence[Folder]
    folders: Sequence[FolderRow]
    files: Sequence[FileRow]
    uploads: Sequence[UploadRow] = field(default_factory=list)
    query: str = ""
    more: str = ""
    used: int = 0
    quota: int = 0
    limit: int = 0
    may_bring: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.folders and not self.files


def store_page(*, member: Membership, folder: Folder | None, query: str = "", cursor: str = "") -> StorePage:
    """A folder with what `member` sees in it, or all that has `query` in its name; the same queries
    however much there is.
    """
    found = policies.visible_to(member)
    found = found.filter(name__icontains=query) if query else found.filter(folder=folder)
    folders = policies.folders_visible_to(member)
    folders = folders.filter(name__icontains=query) if query else folders.filter(parent=folder)
    files, more = _page(found, cursor)
    is_later = bool(cursor)
    mays = policies.may_tidy(member)
    return StorePage(
        folder=folder,
        path=path_of(folder) if folder else [],
        folders=[]
        if is_later
        else [_folder(one, member, mays) for one in folders.order_by(Lower("name"))[:500]],
        files=rows_of(files, member),
        uploads=[] if is_later or query else unfinished(member=member),
        query=query,
        more=more,
        used=used(),
        quota=quota(),
        limit=settings.FILE_LIMIT,
        may_bring=policies.may_bring(member),
    )


def rows_of(files: Iterable[File], member: Membership) -> list[FileRow]:
    """Files as rows; they must carry `uses` and `by_name` (see `told`)."""
    mays = policies.may_tidy(member)
    return [_row(file, mays or file.uploaded_by_id == member.pk) for file in files]


def rows(*, files: Iterable[int], member: Membership) -> list[FileRow]:
    """Files that the caller has found through their policy, as rows."""
    return rows_of(told(File.objects.filter(pk__in=list(files))).order_by("-pk"), member)


def told(files: QuerySet[File]) -> QuerySet[File]:
    """With the number of uses and the uploader's name, in the same statement."""
    uses = (
        Attachment.objects.filter(file_id=OuterRef("pk"))
        .order_by()
        .values("file_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return files.annotate(uses=Coalesce(Subquery(uses), 0), by_name=F("uploaded_by__user__name"))


def unfinished(*, member: Membership) -> list[UploadRow]:
    """What `member` began to bring in and may go on with, and what was refused."""
    rows = (
        policies.uploads_of(member)
        .filter(expires_at__gt=clock.now(), file__state__in=[File.State.UPLOADING, File.State.REFUSED])
        .order_by("-pk")[:50]
    )
    return [_upload(row) for row in rows]


def choices(*, member: Membership, kind: str, entity_id: int, query: str) -> list[FileRow]:
    """Files of the store that can be attached to a record, newest first."""
    taken = Attachment.objects.filter(kind=kind, entity_id=entity_id).values("file_id")
    found = policies.visible_to(member).exclude(pk__in=taken)
    if query:
        found = found.filter(name__icontains=query)
    return rows_of(told(found).order_by("-pk")[:30], member)


def folder_path(folder: Folder | None) -> str:
    """The names from the top, for a person."""
    return " / ".join(one.name for one in path_of(folder)) if folder else ""


def folder_tree(*, member: Membership) -> list[tuple[int, str]]:
    """Every folder with its path, in the order of paths: where something can be moved."""
    known = {folder.pk: folder for folder in policies.folders_visible_to(member)}

    def path(folder: Folder, depth: int = 0) -> str:
        above = known.get(folder.parent_id or 0)
        return f"{path(above, depth + 1)} / {folder.name}" if above and depth < DEEPEST else folder.name

    return sorted(((pk, path(folder)) for pk, folder in known.items()), key=lambda one: one[1].lower())


def api_files(
    *, files: QuerySet[File], before: int | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Files for other programs, newest first, and the cursor of the next page."""
    if before is not None:
        files = files.filter(pk__lt=before)
    rows = list(
        told(files)
        .order_by("-pk")
        .values(
            "id", "name", "size", "media_type", "sha256", "folder_id", "state", "created_at", "uploaded_by_id"
        )[: limit + 1]
    )
    page: list[Any] = rows[:limit]
    return page, str(page[-1]["id"]) if len(rows) > limit else None


def _page(found: QuerySet[File], cursor: str) -> tuple[list[File], str]:
    """One page by name; the cursor is the id of the last row, looked up again."""
    rows = told(found).annotate(sort=Lower("name")).order_by("sort", "pk")
    last = found.filter(pk=int(cursor)).first() if cursor.isdigit() and len(cursor) < 19 else None
    if last is not None:
        name = last.name.lower()
        rows = rows.filter(Q(sort__gt=name) | Q(sort=name, pk__gt=last.pk))
    files: list[Any] = list(rows[: PAGE + 1])
    return files[:PAGE], str(files[PAGE - 1].pk) if len(files) > PAGE else ""


def _row(file: File, may_change: bool) -> FileRow:
    word, sign = kind_of(file.media_type)
    return FileRow(
        id=file.pk,
        name=file.name,
        size=file.size,
        word=word,
        sign=sign,
        is_picture=file.picture == File.Picture.MADE,
        added_at=file.created_at,
        by=getattr(file, "by_name", None) or "",
        uses=getattr(file, "uses", 0),
        folder_id=file.folder_id,
        may_change=may_change,
    )


def _folder(folder: Folder, member: Membership, mays: bool) -> FolderRow:
    return FolderRow(
        id=folder.pk,
        name=folder.name,
        is_home=bool(folder.home),
        may_change=mays or folder.created_by_id == member.pk,
    )


def _upload(upload: Upload) -> UploadRow:
    return UploadRow(
        token=upload.token,
        name=upload.file.name,
        size=upload.file.size,
        offset=upload.offset,
        is_complete=upload.offset == upload.file.size,
        reason=upload.file.reason,
    )
