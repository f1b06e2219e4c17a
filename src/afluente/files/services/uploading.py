"""How files come in: in one piece, or in several that may come minutes and connections apart.

A part is kept before it is acknowledged, each under a key of its own, so that neither a lost
connection nor a killed process leaves half a part. The whole is put together by a job.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from afluente.files.models import File, Folder, Upload
from afluente.files.services import checking
from afluente.files.services.attaching import attach_file
from afluente.files.services.folders import home_folder
from afluente.files.services.naming import FileRefusedError, file_name
from afluente.files.services.space import take_room
from afluente.kernel import blobs, clock, jobs, sniff
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.files.events import By

PATIENCE = timedelta(hours=24)  # how long an upload waits for its next part
ASSEMBLE, EXPIRE, PICTURE = "files.assemble", "files.expire", "files.picture"


class OffsetMismatchError(Exception):
    """A part that does not begin where the last one ended; `.args[0]` is where that is."""


class UploadGoneError(Exception):
    """There is no such upload any more."""


@transaction.atomic
def begin_upload(
    *,
    name: str,
    size: int,
    member: Membership,
    folder: Folder | None = None,
    kind: str = "",
    entity_id: int | None = None,
) -> Upload:
    """Make room for a file of `size` bytes and give its upload an address.

    With `kind` and `entity_id`, a record that the caller has found through its policy, the file goes
    to the folder of that kind and is attached when it is complete. Raises FileRefusedError.
    """
    called = file_name(name)
    take_room(size)
    file = File.objects.create(
        folder=home_folder(kind=kind, member=member) if kind and folder is None else folder,
        name=called,
        size=size,
        is_shared=not kind,
        uploaded_by=member,
        created_at=clock.now(),
    )
    upload = Upload.objects.create(
        file=file,
        token=secrets.token_urlsafe(32),
        by=member,
        kind=kind,
        entity_id=entity_id,
        expires_at=clock.now() + PATIENCE,
    )
    expire_later(upload)
    return upload


def take_part(*, token: str, offset: int, body: IO[bytes], size: int, member: Membership, by: By) -> Upload:
    """Keep the next `size` bytes of an upload; the last ones complete it.

    Raises UploadGoneError, OffsetMismatchError, FileRefusedError (the upload is gone then, with all
    that had come) and blobs.BlobError (nothing was kept: ask where it stands and go on).
    """
    try:
        return _take_part(token, offset, body, size, member, by)
    except FileRefusedError:
        with suppress(UploadGoneError), transaction.atomic():
            cancel_upload(upload=locked(token=token, member=member))
        raise


@transaction.atomic
def _take_part(token: str, offset: int, body: IO[bytes], size: int, member: Membership, by: By) -> Upload:
    upload = locked(token=token, member=member)
    if offset != upload.offset or offset + size > upload.file.size:
        raise OffsetMismatchError(upload.offset)
    if size:
        begin = body.tell()
        if offset == 0:
            checking.check_head(body.read(sniff.HEAD))
            body.seek(begin)
        key = blobs.new_key(current_workspace_id())
        is_whole = offset == 0 and size == upload.file.size
        if is_whole:
            known = checking.examine(_Window(body, begin, size))  # type: ignore[arg-type]
            body.seek(begin)
        blobs.storage().put(key, body, size=size)
        upload.parts = [*upload.parts, [key, size]]
        upload.offset += size
        upload.expires_at = clock.now() + PATIENCE
        upload.save(update_fields=["parts", "offset", "expires_at"])
        if is_whole:
            settle(upload=upload, key=key, known=known, by=by)
    if upload.offset == upload.file.size and upload.file.state == File.State.UPLOADING:
        _complete(upload, by)
    return upload


def keep_file(
    *,
    name: str,
    body: IO[bytes],
    size: int,
    member: Membership,
    by: By,
    folder: Folder | None = None,
    kind: str = "",
    entity_id: int | None = None,
) -> File:
    """Keep a file that came in one piece. Raises as `begin_upload` and `take_part` do."""
    with transaction.atomic():
        upload = begin_upload(
            name=name, size=size, member=member, folder=folder, kind=kind, entity_id=entity_id
        )
        return take_part(token=upload.token, offset=0, body=body, size=size, member=member, by=by).file


@transaction.atomic
def cancel_upload(*, upload: Upload) -> None:
    """Forget an upload and what has come of it."""
    forget(upload.parts)
    upload.file.delete()


def locked(*, token: str, member: Membership) -> Upload:
    """The upload, held until the transaction ends. Raises UploadGoneError."""
    found = (
        Upload.objects.select_for_update(of=("self",))
        .select_related("file__folder")
        .filter(token=token, by_id=member.pk, expires_at__gt=clock.now())
        .first()
    )
    if found is None or found.file.state == File.State.DELETED:
        raise UploadGoneError
    return found


@transaction.atomic
def settle(*, upload: Upload, key: str, known: checking.Known, by: By) -> None:
    """The file is complete under `key`: it stands in the store, and with its record."""
    file = upload.file
    file.state, file.key = File.State.READY, key
    file.media_type, file.sha256 = known.media_type, known.sha256
    if known.media_type in checking.PICTURED:
        file.picture = File.Picture.WAITING
        jobs.enqueue(PICTURE, {"file_id": file.pk}, key=str(file.pk), workspace_id=current_workspace_id())
    file.save()
    upload.parts = []
    upload.save(update_fields=["parts"])
    if upload.kind and upload.entity_id is not None:
        attach_file(file=file, kind=upload.kind, entity_id=upload.entity_id, member=upload.by, by=by)


@transaction.atomic
def refuse_upload(*, upload: Upload, why: str) -> None:
    """Say on the upload why it was not kept; its parts go."""
    forget(upload.parts)
    upload.parts = []
    upload.save(update_fields=["parts"])
    File.objects.filter(pk=upload.file_id).update(state=File.State.REFUSED, reason=why[:300])


def forget(parts: list[Any]) -> None:
    """Delete parts once the present transaction is kept; what stays is swept as an orphan later."""
    keys = [key for key, _size in parts]

    def delete() -> None:
        for key in keys:
            with suppress(blobs.BlobError):
                blobs.storage().delete(key)

    transaction.on_commit(delete)


def expire_later(upload: Upload) -> None:
    """Look at the upload again when its patience ends."""
    jobs.enqueue(
        EXPIRE,
        {"upload_id": upload.pk},
        due_at=upload.expires_at,
        key=str(upload.pk),
        workspace_id=current_workspace_id(),
    )


def _complete(upload: Upload, by: By) -> None:
    if upload.file.size == 0:
        raise FileRefusedError(gettext("The file is empty."), "empty")
    jobs.enqueue(
        ASSEMBLE,
        {"upload_id": upload.pk, "by": [by.kind, by.id, by.name]},
        key=str(upload.pk),
        workspace_id=current_workspace_id(),
    )


class _Window:
    """A part of a file as a file of its own, for reading."""

    def __init__(self, file: IO[bytes], begin: int, size: int) -> None:
        self._file, self._begin, self._size, self._at = file, begin, size, 0

    def read(self, size: int = -1) -> bytes:
        rest = max(0, self._size - self._at)
        self._file.seek(self._begin + self._at)
        piece = self._file.read(rest if size is None or size < 0 else min(size, rest))
        self._at += len(piece)
        return piece

    def seek(self, place: int, whence: int = 0) -> int:
        self._at = max(0, place + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True
