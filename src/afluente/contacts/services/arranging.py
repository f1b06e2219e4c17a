"""Which columns somebody sees in a list, in which order and how wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts import selectors
from afluente.contacts.services import saving

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from django.http import QueryDict

    from afluente.accounts.models import Membership
    from afluente.contacts.models import SavedFilter


@transaction.atomic
def arrange_columns(
    *,
    member: Membership,
    view: SavedFilter | None,
    shown: Sequence[str],
    entity: str = selectors.CONTACT,
    offered: Container[str] | None = None,
) -> None:
    """Show these columns in this order, the name first whatever is said; each keeps its width.

    Columns that were not `offered`, such as those of another pipeline, stay shown if they were; None: all were.
    """
    before = selectors.chosen_columns(member=member, view=view, entity=entity)
    widths = {one.column.key: one for one in before}
    known = selectors.known_columns(entity)
    kept = [] if offered is None else [key for key in widths if key not in offered]
    keys = [key for key in dict.fromkeys(("name", *shown, *kept)) if key in known]
    said = [widths[key].said if key in widths else key for key in keys]
    saving.change_list(member=member, columns=said, view=view, entity=entity)


@transaction.atomic
def widen_column(
    *, member: Membership, view: SavedFilter | None, key: str, width: str, entity: str = selectors.CONTACT
) -> None:
    """Let a column of the list be so many steps wide; «0» as wide as it comes."""
    said = [
        selectors.Chosen(column=one.column, width=selectors.read_width(width)).said
        if one.column.key == key
        else one.said
        for one in selectors.chosen_columns(member=member, view=view, entity=entity)
    ]
    saving.change_list(member=member, columns=said, view=view, entity=entity)


def change_columns(
    *,
    member: Membership,
    view: SavedFilter | None,
    data: QueryDict,
    entity: str = selectors.CONTACT,
    offered: Container[str] | None = None,
) -> str:
    """What the form of columns asks: `do` is `reset`, `width` (`column`, `width`), `up:key`, `down:key`, or
    nothing, which shows those ticked in the order of the form. The act that it was.
    """
    act, _, key = data.get("do", "").partition(":")
    if act == "reset":
        saving.forget_columns(member=member, view=view, entity=entity)
    elif act == "width":
        widen_column(
            member=member, view=view, key=data.get("column", ""), width=data.get("width", ""), entity=entity
        )
    else:
        by, ticked = {"up": -1, "down": 1}.get(act, 0), set(data.getlist("column"))
        shown = [one for one in moved(data.getlist("order"), key, by) if one in ticked]
        arrange_columns(member=member, view=view, shown=shown, entity=entity, offered=offered)
    return act


def moved(keys: Sequence[str], key: str, by: int) -> list[str]:
    """`keys` with one of them so many places further on, as far as there are places."""
    order = list(keys)
    if key in order:
        at = order.index(key)
        order.insert(min(max(at + by, 0), len(order) - 1), order.pop(at))
    return order
