"""Files with comments (SP-171): brought along while writing, or chosen from the store."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from afluente.files import policies as file_policies
from afluente.files import services as files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.files.models import File
    from afluente.timeline.models import Comment

KIND = "comment"
MOST = 20  # files of one comment


def bring_file(*, name: str, body: IO[bytes], size: int, member: Membership) -> File:
    """Keep a file for a comment that is still being written; until then only `member` sees it.

    Raises files.services.FileRefusedError and kernel.blobs.BlobError.
    """
    return files.keep_file(
        name=name, body=body, size=size, member=member, by=files.member_by(member), kind=KIND
    )


def attach_files(*, comment: Comment, numbers: Sequence[int], member: Membership) -> int:
    """Show these files with the comment, those among them that `member` sees; how many."""
    found = list(file_policies.visible_to(member).filter(pk__in=numbers[:MOST])) if numbers else []
    for file in found:
        files.attach_file(
            file=file, kind=KIND, entity_id=comment.pk, member=member, by=files.member_by(member)
        )
    return len(found)
