"""What the worker does with files: put parts together, draw pictures, clean up."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction

from afluente.files.models import File, Upload
from afluente.files.services import checking, pictures
from afluente.files.services.naming import FileRefusedError
from afluente.files.services.uploading import cancel_upload, expire_later, forget, refuse_upload, settle
from afluente.kernel import blobs, clock
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from afluente.files.events import By

ORPHANED = timedelta(days=2)  # older than any upload that may still be going on


def assemble(*, workspace_id: int, upload_id: int, by: By) -> None:
    """Put the parts of a complete upload together, look at the whole, and settle or refuse it.

    Done twice it does nothing: the parts are gone then. Raises blobs.BlobError, to be tried again.
    """
    with scope(workspace_id):
        upload = _waiting(upload_id)
        parts: list[Any] = list(upload.parts) if upload else []
    if not parts:
        return
    with tempfile.TemporaryFile() as whole:
        for key, size in parts:
            for piece in blobs.storage().read(key, size=size):
                whole.write(piece)
        try:
            known = checking.examine(whole)
        except FileRefusedError as refused:
            with scope(workspace_id), transaction.atomic():
                if held := _waiting(upload_id):
                    refuse_upload(upload=held, why=str(refused))
            return
        size = whole.seek(0, 2)
        whole.seek(0)
        key = blobs.new_key(workspace_id)
        blobs.storage().put(key, whole, size=size)
    with scope(workspace_id):
        held = _waiting(upload_id)
        if held is None:
            return  # cancelled meanwhile; the bytes are swept
        forget(parts)
        settle(upload=held, key=key, known=known, by=by)


def draw_pictures(*, workspace_id: int, file_id: int) -> None:
    """Make the small and the large picture of a file, or write down that there is none."""
    with scope(workspace_id):
        file = File.objects.filter(pk=file_id, picture=File.Picture.WAITING).exclude(key="").first()
    if file is None:
        return
    with tempfile.NamedTemporaryFile() as local:
        _fetch(file, local)
        try:
            small, large = pictures.draw(Path(local.name), file.media_type)
        except pictures.NoPictureError:
            with scope(workspace_id):
                File.objects.filter(pk=file_id).update(picture=File.Picture.NONE)
            return
    keys = _kept(workspace_id, small), _kept(workspace_id, large)
    with scope(workspace_id):
        File.objects.filter(pk=file_id).update(
            picture=File.Picture.MADE,
            thumb_key=keys[0],
            thumb_size=len(small),
            preview_key=keys[1],
            preview_size=len(large),
        )


def expire_upload(*, upload_id: int) -> None:
    """Forget an upload that nobody goes on with, and the trace of a finished or refused one."""
    upload = (
        Upload.objects.select_for_update(of=("self",)).select_related("file").filter(pk=upload_id).first()
    )
    if upload is None:
        return
    if upload.expires_at > clock.now():
        expire_later(upload)
    elif upload.file.state in {File.State.UPLOADING, File.State.REFUSED}:
        cancel_upload(upload=upload)
    else:
        upload.delete()


def sweep_orphans() -> int:
    """Delete bytes that no file and no upload speaks of any more; how many there were.

    They stay behind when a process is killed between keeping bytes and writing them down.
    """
    old = clock.now() - ORPHANED
    keys = sorted(key for key, moment in blobs.storage().listing() if moment < old)
    count = 0
    for text, group in groupby(keys, key=lambda key: key.partition("/")[0]):
        if not text.isdigit():
            continue
        present = list(group)
        with scope(int(text)):
            lost = set(present) - known_keys()
        for key in lost:
            with suppress(blobs.BlobError, ValueError):
                blobs.storage().delete(key)
                count += 1
    return count


def known_keys() -> set[str]:
    """Every key that the workspace speaks of."""
    found = {
        key
        for row in File.objects.values_list("key", "thumb_key", "preview_key").iterator()
        for key in row
        if key
    }
    for parts in Upload.objects.exclude(parts=[]).values_list("parts", flat=True):
        found |= {key for key, _size in parts}
    return found


def _waiting(upload_id: int) -> Upload | None:
    return (
        Upload.objects.select_for_update(of=("self",))
        .select_related("file", "by")
        .filter(pk=upload_id, file__state=File.State.UPLOADING)
        .exclude(parts=[])
        .first()
    )


def _fetch(file: File, to: IO[bytes]) -> None:
    for piece in blobs.storage().read(file.key, size=file.size):
        to.write(piece)
    to.flush()


def _kept(workspace_id: int, picture: bytes) -> str:
    with tempfile.SpooledTemporaryFile(max_size=4_000_000) as body:
        body.write(picture)
        body.seek(0)
        key = blobs.new_key(workspace_id)
        blobs.storage().put(key, body, size=len(picture))
    return key
