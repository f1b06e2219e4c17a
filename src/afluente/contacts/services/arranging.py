"""Which columns somebody sees in the list of contacts, in which order and how wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts import selectors
from afluente.contacts.services import saving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import SavedFilter


@transaction.atomic
def arrange_columns(*, member: Membership, view: SavedFilter | None, shown: Sequence[str]) -> None:
    """Show these columns in this order, the name first whatever is said; each keeps its width."""
    widths = {one.column.key: one for one in selectors.chosen_columns(member=member, view=view)}
    known = selectors.all_columns()
    keys = [key for key in dict.fromkeys(("name", *shown)) if key in known]
    said = [widths[key].said if key in widths else key for key in keys]
    saving.change_list(member=member, columns=said, view=view)


@transaction.atomic
def widen_column(*, member: Membership, view: SavedFilter | None, key: str, width: str) -> None:
    """Let a column of the list be so many steps wide; «0» as wide as it comes."""
    said = [
        selectors.Chosen(column=one.column, width=selectors.read_width(width)).said
        if one.column.key == key
        else one.said
        for one in selectors.chosen_columns(member=member, view=view)
    ]
    saving.change_list(member=member, columns=said, view=view)


def moved(keys: Sequence[str], key: str, by: int) -> list[str]:
    """`keys` with one of them so many places further on, as far as there are places."""
    order = list(keys)
    if key in order:
        at = order.index(key)
        order.insert(min(max(at + by, 0), len(order) - 1), order.pop(at))
    return order
