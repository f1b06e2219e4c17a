"""Files that come with a record while it is added: from the device, and from the store (SP-100, SP-101)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from afluente.files import policies
from afluente.files.services.attaching import attach_file, member_by
from afluente.files.services.naming import FileRefusedError
from afluente.files.services.uploading import keep_file
from afluente.kernel import blobs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile

    from afluente.accounts.models import Membership

MOST = 30  # of the store, with one record


def bring_along(
    *,
    brought: Sequence[UploadedFile[Any]],
    stored: Sequence[str],
    kind: str,
    entity_id: int,
    member: Membership,
) -> list[str]:
    """Keep what came with a record that `member` has just added, and show the files `stored` (numbers of
    those they see) with it; a sentence for each file that cannot be kept.
    """
    refused = []
    by = member_by(member)
    for one in brought:
        try:
            keep_file(
                name=one.name or "",
                body=one.file,  # type: ignore[arg-type]  # what the parser made: bytes
                size=one.size or 0,
                member=member,
                by=by,
                kind=kind,
                entity_id=entity_id,
            )
        except (FileRefusedError, blobs.BlobError) as error:
            sentence = gettext("{name} was not kept: {why}")
            refused.append(sentence.format(name=one.name, why=error))
    numbers = chosen_numbers(stored)
    for file in policies.visible_to(member).filter(pk__in=numbers) if numbers else ():
        attach_file(file=file, kind=kind, entity_id=entity_id, member=member, by=by)
    return refused


def chosen_numbers(stored: Sequence[str]) -> list[int]:
    """The numbers that a form sent for files of the store."""
    return [int(one) for one in stored[:MOST] if one.isascii() and one.isdigit() and len(one) < 19]
