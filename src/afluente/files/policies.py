"""Who may see and change what in the store, as querysets (invariant 9).

What stands in the store itself is everybody's. A file that came with a record is seen by those who
see a record it is attached to, and by whoever brought it. Records lie above files: their slices say
here who sees them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from afluente.accounts.models import Action, Area
from afluente.accounts.policies import may, may_administer
from afluente.files.models import Attachment, File, Folder, Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership


@dataclass(frozen=True)
class Subject:
    """A record as a list names it."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of record that files can be attached to.

    `visible_to` and `editable_by` give the records of a member, `subjects` names and addresses of
    some of them by id. `folder` is the folder for its files; `removal` words the third of the four
    acts in the menu of an attached file (crm.md 5.11).
    """

    name: str
    label: StrOrPromise
    folder: StrOrPromise
    removal: StrOrPromise
    visible_to: Callable[[Membership], QuerySet[Any]]
    editable_by: Callable[[Membership], QuerySet[Any]]
    subjects: Callable[[Membership, Iterable[int]], Mapping[int, Subject]]


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Let files be attached to records of this kind; called in `AppConfig.ready`."""
    _kinds[kind.name] = kind


def kind_of(name: str) -> Kind | None:
    """The kind called `name`; None when no slice registered it."""
    return _kinds.get(name)


def kinds() -> list[Kind]:
    return list(_kinds.values())


def may_bring(member: Membership) -> bool:
    """Whether `member` may put files and folders into the store itself."""
    return may(member, Area.FILES, Action.CREATE)


def may_tidy(member: Membership) -> bool:
    """Whether `member` may rename, move and delete what others brought, too."""
    return may(member, Area.FILES, Action.DELETE)


def may_give_room(member: Membership) -> bool:
    """Whether `member` may change how much the workspace keeps."""
    return may(member, Area.FILES, Action.CONFIGURE)


def present_to(member: Membership) -> QuerySet[File]:
    """The files that `member` sees, whatever their state."""
    if may_administer(member):
        return File.objects.all()
    seen = Q(is_shared=True) | Q(uploaded_by_id=member.pk)
    for kind in _kinds.values():
        attached = Attachment.objects.filter(
            file_id=OuterRef("pk"), kind=kind.name, entity_id__in=kind.visible_to(member).values("pk")
        )
        seen |= Q(Exists(attached))
    return File.objects.filter(seen)


def visible_to(member: Membership) -> QuerySet[File]:
    """The files in the store that `member` sees."""
    return present_to(member).filter(state=File.State.READY)


def changeable_by(member: Membership) -> QuerySet[File]:
    """The files that `member` may rename, move and delete: their own; with the right to
    delete files, all they see.
    """
    found = visible_to(member)
    return found if may_tidy(member) else found.filter(uploaded_by_id=member.pk)


def restorable_by(member: Membership) -> QuerySet[File]:
    """The deleted files that `member` may bring back: those they may delete."""
    found = present_to(member).filter(state=File.State.DELETED)
    return found if may_tidy(member) else found.filter(uploaded_by_id=member.pk)


def uploads_of(member: Membership) -> QuerySet[Upload]:
    """What `member` is bringing in; nobody else goes on with it."""
    return Upload.objects.filter(by_id=member.pk).select_related("file")


def folders_visible_to(_member: Membership) -> QuerySet[Folder]:
    """Folders are everybody's; what lies in them is not."""
    return Folder.objects.filter(deleted_at=None)


def folders_changeable_by(member: Membership) -> QuerySet[Folder]:
    """The folders that `member` may rename, move and delete."""
    found = folders_visible_to(member)
    return found if may_tidy(member) else found.filter(created_by_id=member.pk)


def folders_restorable_by(member: Membership) -> QuerySet[Folder]:
    """The deleted folders that `member` may bring back: those they may delete."""
    found = Folder.objects.exclude(deleted_at=None).select_related("parent")
    return found if may_tidy(member) else found.filter(created_by_id=member.pk)


def is_visible(member: Membership, kind: str, entity_id: int) -> bool:
    """Whether `member` sees this record."""
    found = kind_of(kind)
    return found is not None and found.visible_to(member).filter(pk=entity_id).exists()


def is_editable(member: Membership, kind: str, entity_id: int) -> bool:
    """Whether `member` may attach files to this record and take them off."""
    found = kind_of(kind)
    return found is not None and found.editable_by(member).filter(pk=entity_id).exists()
