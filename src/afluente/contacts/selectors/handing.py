"""What is somebody's, offered to be given to others when they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.accounts.policies import assignable_by
from afluente.kernel import slots

if TYPE_CHECKING:
    from afluente.accounts.models import Membership


def hand_over(*, member: Membership, of: Membership, order: int, may_spread: bool, **told: Any) -> slots.Part:
    """A form that gives what is `of` somebody to a colleague: `said` how many, at `url`; `fields` go to `action`
    with the colleague as `name`.
    """
    people = assignable_by(member).exclude(pk=of.pk).order_by("user__name", "pk")
    context = {**told, "members": people, "me": member.pk, "spread": f"spread:{of.pk}" if may_spread else ""}
    return slots.Part(template="contacts/_hand_over.html", context=context, order=order)
