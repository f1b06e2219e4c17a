"""The tree of folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, override

from afluente.files import policies
from afluente.files.models import File, Folder
from afluente.files.selectors.tree import DEEPEST, path_of, within
from afluente.files.services.naming import FileRefusedError, folder_name
from afluente.files.services.regret import purge_later
from afluente.kernel import clock

if TYPE_CHECKING:
    from datetime import datetime

    from afluente.accounts.models import Membership


def create_folder(*, name: str, parent: Folder | None, member: Membership) -> Folder:
    """A new folder in `parent`, or at the top. Raises FileRefusedError when the name is taken there."""
    called = folder_name(name)
    if parent is not None and len(path_of(parent)) >= DEEPEST:
        raise FileRefusedError(gettext("Folders go twenty deep here, no deeper."), "too_deep")
    return _kept(Folder(name=called, parent=parent, created_by=member, created_at=clock.now()))


def home_folder(*, kind: str, member: Membership) -> Folder | None:
    """The folder for files that came with records of this kind, made when it is missing."""
    found = Folder.objects.filter(home=kind, deleted_at=None).first()
    described = policies.kind_of(kind)
    if found is not None or described is None:
        return found
    with override(member.workspace.language):
        name = str(described.folder)
    taken = Folder.objects.filter(parent=None, deleted_at=None, name__iexact=name).first()
    if taken is not None:
        return taken
    return _kept(Folder(name=name, home=kind, created_by=None, created_at=clock.now()))


def rename_folder(*, folder: Folder, name: str) -> Folder:
    """Raises FileRefusedError when the name is taken."""
    folder.name = folder_name(name)
    return _kept(folder)


@transaction.atomic
def move_folder(*, folder: Folder, to: Folder | None) -> Folder:
    """Put a folder with all that is in it elsewhere. Raises FileRefusedError for a place inside it."""
    list(Folder.objects.select_for_update().order_by("pk"))  # two moves at once must not make a ring
    way = path_of(to) if to else []
    if any(one.pk == folder.pk for one in way):
        raise FileRefusedError(gettext("A folder cannot lie inside itself."), "inside_itself")
    if len(way) >= DEEPEST:
        raise FileRefusedError(gettext("Folders go twenty deep here, no deeper."), "too_deep")
    folder.parent = to
    return _kept(folder)


@transaction.atomic
def delete_folder(*, folder: Folder) -> int:
    """Take a folder with all that is in it out of the store; the number of files. `restore_folder` undoes."""
    moment = clock.now()
    ids = within(folder)
    found = File.objects.filter(folder_id__in=ids, state=File.State.READY)
    files = list(found.values_list("pk", flat=True))
    found.update(state=File.State.DELETED, deleted_at=moment)
    Folder.objects.filter(pk__in=ids, deleted_at=None).update(deleted_at=moment)
    purge_later(files)
    return len(files)


@transaction.atomic
def restore_folder(*, folder: Folder) -> None:
    """Bring a deleted folder back with what went with it; to the top when its place is gone.

    Raises FileRefusedError when another one has its name now.
    """
    moment = folder.deleted_at
    if moment is None:
        return
    if folder.parent_id and folder.parent and folder.parent.deleted_at is not None:
        folder.parent = None
    folder.deleted_at = None
    _kept(folder)
    ids = within(folder)
    Folder.objects.filter(pk__in=ids, deleted_at=moment).update(deleted_at=None)
    _bring_back(ids, moment)


def _bring_back(ids: list[int], moment: datetime) -> None:
    File.objects.filter(folder_id__in=ids, state=File.State.DELETED, deleted_at=moment).update(
        state=File.State.READY, deleted_at=None
    )


def _kept(folder: Folder) -> Folder:
    try:
        with transaction.atomic():
            folder.save()
    except IntegrityError as taken:
        raise FileRefusedError(
            gettext("There is already a folder “{name}” here.").format(name=folder.name), "name_taken"
        ) from taken
    return folder
