"""Who is named in a text, and where (SP-170). Kept as numbers of members, never as their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from afluente.accounts.models import Membership
from afluente.timeline.models import Comment, Mention

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

MOST = 20  # people named in one comment


@dataclass(frozen=True)
class Place:
    """A member named in a text: `length` characters from `start`, the @ among them."""

    member: Membership
    start: int
    length: int


def find_mentions(text: str, *, chosen: Sequence[int], kept: Collection[int] = ()) -> list[Place]:
    """Where `text` names members, the @ and the full name as it was put in.

    `chosen` are numbers of members picked from the list; they decide between people of one name. A
    full name typed by hand counts as well when only one active member has it. `kept` are those the
    comment named before: they stay, also when they have left.
    """
    if "@" not in text:
        return []
    is_here = Q(is_active=True, user__is_active=True)
    known = Membership.objects.select_related("user", "workspace", "team")
    members = known.filter(is_here | Q(pk__in=kept)).order_by("pk")
    by_name: dict[str, list[Membership]] = {}
    for member in members:
        by_name.setdefault(member.user.name.casefold(), []).append(member)
    if not by_name:
        return []
    wanted = {number: place for place, number in enumerate([*chosen, *kept])}
    names = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
    found, turns = [], dict.fromkeys(by_name, 0)
    for match in re.finditer(rf"(?<![\w@])@({names})(?!\w)", text, re.IGNORECASE):
        name = match[1].casefold()
        member_of_name = _pick(by_name.get(name, []), wanted, turns.get(name, 0))
        if member_of_name is not None:
            turns[name] += 1
            found.append(Place(member_of_name, match.start(), len(match[0])))
    return found[:MOST]


def _pick(namesakes: list[Membership], wanted: dict[int, int], turn: int) -> Membership | None:
    """Of people with one name those who were picked, in turn; else the only one there is."""
    picked = sorted((one for one in namesakes if one.pk in wanted), key=lambda one: wanted[one.pk])
    if picked:
        return picked[min(turn, len(picked) - 1)]
    return namesakes[0] if len(namesakes) == 1 else None


def keep_mentions(comment: Comment, places: Sequence[Place]) -> None:
    """Replace what `comment` names."""
    Mention.objects.filter(comment_id=comment.pk).delete()
    Mention.objects.bulk_create(
        [
            Mention(comment=comment, member=place.member, start=place.start, length=place.length)
            for place in places
        ]
    )
