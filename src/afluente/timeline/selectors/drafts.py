"""Files chosen for a comment that is still being written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from afluente.files import policies as files
from afluente.timeline.models import DraftFile

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.files.models import File

_BOX = re.compile(r"(comment:[a-z]{1,20}|reply):[1-9][0-9]{0,17}")


def is_box(draft: str) -> bool:
    """Whether `draft` can be the name of a comment box."""
    return _BOX.fullmatch(draft) is not None


def files_of_draft(member: Membership, draft: str) -> list[File]:
    """The files that `member` chose in a box, in their order, as far as they still see them. One query
    for an empty box, else two.
    """
    chosen = DraftFile.objects.filter(member_id=member.pk, draft=draft).order_by("pk")
    numbers = list(chosen.values_list("file_id", flat=True))
    seen = files.visible_to(member).in_bulk(numbers) if numbers else {}
    return [seen[pk] for pk in numbers if pk in seen]
