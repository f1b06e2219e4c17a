"""Files of a record, and records of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from afluente.files import policies
from afluente.files.models import Attachment, File
from afluente.files.selectors.listing import FileRow, rows_of
from afluente.files.statements import attached_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership

MOST = 200  # files of one record that are listed


@dataclass(frozen=True, kw_only=True)
class AttachedFiles:
    """The files of one record, newest attachment first, as the section of its page shows them."""

    kind: str
    entity_id: int
    files: Sequence[FileRow]
    removal: StrOrPromise
    may_edit: bool
    limit: int

    @property
    def count(self) -> int:
        return len(self.files)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A record that a file is attached to."""

    label: StrOrPromise
    name: str
    url: str


def attached_files(
    *, member: Membership, kind: str, entity_id: int, may_edit: bool | None = None
) -> AttachedFiles | None:
    """The files of a record that `member` sees; None when they do not, or when nobody knows the kind.

    Whoever has found already that they see the record says whether they `may_edit` it.
    """
    described = policies.kind_of(kind)
    if may_edit is None:
        may_edit = policies.is_editable(member, kind, entity_id)
        if not (may_edit or policies.is_visible(member, kind, entity_id)):
            return None
    if described is None:
        return None
    return AttachedFiles(
        kind=kind,
        entity_id=entity_id,
        files=rows_of(attached_to(kind=kind, entity_id=entity_id, most=MOST), member),
        removal=described.removal,
        may_edit=may_edit,
        limit=settings.FILE_LIMIT,
    )


def uses(*, member: Membership, file: File) -> tuple[list[Place], int]:
    """The records a file is attached to that `member` sees, and how many there are beside them."""
    by_kind: dict[str, list[int]] = {}
    for kind, entity_id in Attachment.objects.filter(file=file).values_list("kind", "entity_id"):
        by_kind.setdefault(kind, []).append(entity_id)
    places, total = [], 0
    for name, ids in by_kind.items():
        total += len(ids)
        described = policies.kind_of(name)
        if described is not None:
            found = described.subjects(member, ids)
            places += [Place(label=described.label, name=one.name, url=one.url) for one in found.values()]
    return places, total - len(places)
