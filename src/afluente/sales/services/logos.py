"""The mark that stands on documents: taken as PNG or JPEG, drawn anew before it is kept."""

from __future__ import annotations

import hashlib
import struct
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from afluente.files.services import pictures
from afluente.kernel.workspace import current_workspace_id
from afluente.sales.models import Logo
from afluente.sales.services.sellers import save_seller

if TYPE_CHECKING:
    from afluente.timeline.events import Actor

MOST_BYTES = 2_000_000
# Told by the first bytes: a name and a stated type say nothing.
KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


class LogoRefusedError(Exception):
    """A file that cannot stand on documents; its text is a sentence for people."""


def keep_logo(*, content: bytes, by: Actor) -> Logo:
    """Let documents to come show this PNG or JPEG of at most 2 MB. Raises LogoRefusedError.

    What was sent is never shown as it came: its pixels are read in a process with limits and written anew.
    """
    if len(content) > MOST_BYTES:
        raise LogoRefusedError(gettext("The picture has more than 2 MB. Choose a smaller one."))
    kind = next((media for head, media in KINDS if content.startswith(head)), "")
    if not kind:
        raise LogoRefusedError(gettext("Choose a picture as PNG or JPEG."))
    return _kept(_drawn(content, kind), by)


def remove_logo(*, by: Actor) -> None:
    """Let documents to come show none; issued ones keep theirs."""
    save_seller(values={"logo": ""}, by=by)


def logo_of(digest: str) -> Logo | None:
    """The picture that a document or the settings name."""
    return Logo.objects.filter(digest=digest).first() if digest else None


def _drawn(content: bytes, kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "logo")
        path.write_bytes(content)
        try:
            return pictures.draw(path, kind)[1]
        except pictures.NoPictureError as broken:
            said = gettext("The picture cannot be read. Save it anew as PNG or JPEG.")
            raise LogoRefusedError(said) from broken


@transaction.atomic
def _kept(picture: bytes, by: Actor) -> Logo:
    digest = hashlib.sha256(picture).hexdigest()
    width, height = _size(picture)
    made = Logo(
        workspace_id=current_workspace_id(), digest=digest, picture=picture, width=width, height=height
    )
    Logo.objects.bulk_create([made], ignore_conflicts=True)
    save_seller(values={"logo": digest}, by=by)
    return Logo.objects.get(digest=digest)


def _size(picture: bytes) -> tuple[int, int]:
    """Width and height of a WebP that we wrote ourselves: plain (VP8), or with transparency (VP8X)."""
    if picture[12:16] == b"VP8X":
        wide, high = (int.from_bytes(picture[at : at + 3], "little") + 1 for at in (24, 27))
        return wide, high
    wide, high = struct.unpack("<HH", picture[26:30])
    return wide & 0x3FFF, high & 0x3FFF
