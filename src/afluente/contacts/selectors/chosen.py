"""Which columns a person sees in the list, in which order and how wide: their own choice for this
kept filter, else its owner's, else their own choice for the list, else the delivered ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import QueryDict

from afluente.contacts.models import ListSetting, SavedFilter
from afluente.contacts.selectors.columns import NAME, Column, all_columns
from afluente.contacts.selectors.ordering import is_descending, opposite_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors.listing import Filter

STEP = 8  # pixels; a width is so many steps
NARROWEST, WIDEST = 8, 80
CONTACT = SavedFilter.Entity.CONTACT
_lists: dict[str, Callable[[], dict[str, Column]]] = {}


def register_columns(entity: str, columns: Callable[[], dict[str, Column]]) -> None:
    """Let people choose the columns of a list of another slice: `columns` gives them by key, in the order in
    which they are offered, NAME among them.
    """
    _lists[entity] = columns


def known_columns(entity: str = CONTACT) -> dict[str, Column]:
    """Every column of a list by key."""
    return all_columns() if entity == CONTACT else _lists[entity]()


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A column of the list as somebody wants it. `width` in steps of eight pixels; None as it comes."""

    column: Column
    width: int | None = None
    is_shown: bool = True

    @property
    def said(self) -> str:
        """As it is remembered: `phone`, or `phone:22`."""
        return self.column.key if self.width is None else f"{self.column.key}:{self.width}"

    @property
    def pixels(self) -> int:
        """How wide, for who cannot see it; 0 as it comes."""
        return (self.width or 0) * STEP

    @property
    def css(self) -> str:
        """The classes of its cells."""
        return f"{self.column.css} w-{self.width}".strip() if self.width else self.column.css


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a column: where a click leads that sorts by it ("" for nowhere), and how it is sorted now."""

    chosen: Chosen
    url: str = ""
    aria: str = "none"
    sign: str = ""


def heads(*, columns: Sequence[Chosen], wanted: Filter) -> list[Head]:
    """The heads of the list. What is searched for comes newest first, whatever the order."""
    return [_head(one, wanted) for one in columns]


def _head(one: Chosen, wanted: Filter) -> Head:
    own = one.column.sort
    if not own or wanted.typed:
        return Head(chosen=one)
    opposite = opposite_of(wanted.sort)
    if own not in {wanted.sort, opposite}:
        return Head(chosen=one, url=wanted.address(sort=own))
    is_down = is_descending(wanted.sort)
    return Head(
        chosen=one,
        url=wanted.address(sort=opposite),
        aria="descending" if is_down else "ascending",
        sign="arrow-down" if is_down else "arrow-up",
    )


def view_of(*, member: Membership, query: str, entity: str = CONTACT) -> SavedFilter | None:
    """The kept filter that a list shows, whatever is searched in it and however it is sorted."""
    here = _conditions(query)
    if not here[0]:
        return None
    kept = SavedFilter.objects.filter(Q(owner=member) | Q(is_shared=True), entity=entity)
    return next((one for one in kept.order_by("pk") if _conditions(one.query) == here), None)


def chosen_columns(
    *, member: Membership, view: SavedFilter | None = None, entity: str = CONTACT
) -> list[Chosen]:
    """The columns shown, the name first: one query, and the fields."""
    known = known_columns(entity)
    said = remembered_columns(member=member, view=view, entity=entity)
    if said is None:
        said = [NAME, *(key for key, column in known.items() if column.is_default)]
    found = _read(said, known)
    name = next((one for one in found if one.column.key == NAME), Chosen(column=known[NAME]))
    return [name, *(one for one in found if one.column.key != NAME)]


def offered_columns(
    *, member: Membership, view: SavedFilter | None = None, entity: str = CONTACT
) -> list[Chosen]:
    """All columns: those shown in their order, then the others."""
    shown = chosen_columns(member=member, view=view, entity=entity)
    keys = {one.column.key for one in shown}
    known = known_columns(entity)
    others = [Chosen(column=one, is_shown=False) for key, one in known.items() if key not in keys]
    return [*shown, *others]


def columns_for_export(*, member: Membership, query: str = "") -> list[Column]:
    """The columns that `member` sees in the list with this address, in their order."""
    chosen = chosen_columns(member=member, view=view_of(member=member, query=query))
    return [one.column for one in chosen]


def remembered_columns(
    *, member: Membership, view: SavedFilter | None, entity: str = SavedFilter.Entity.CONTACT
) -> Sequence[str] | None:
    """The columns chosen for the list of `entity` under a kept filter or without one; None: as delivered."""
    whose = Q(member=member, view=None)
    if view is not None:
        whose |= Q(member=member, view=view) | Q(member_id=view.owner_id, view=view)
    rows = ListSetting.objects.filter(whose, entity=entity).exclude(columns=None)
    # One's own for this filter before its owner's, both before one's own for the list.
    ranked = sorted(rows, key=lambda row: (row.view_id is None, row.member_id != member.pk))
    return ranked[0].columns if ranked else None


def _read(said: Iterable[str], known: dict[str, Column]) -> list[Chosen]:
    """Columns that are gone since are left out."""
    found = {}
    for one in said:
        key, _, width = one.partition(":")
        if key in known:
            found[key] = Chosen(column=known[key], width=read_width(width))
    return list(found.values())


def read_width(text: str) -> int | None:
    """A width in steps, within what a column may have; None for none."""
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        return None
    return min(max(int(text), NARROWEST), WIDEST) if int(text) else None


def _conditions(query: str) -> tuple[tuple[str, ...], str]:
    values = QueryDict(query.lstrip("?"))
    return tuple(values.getlist("where")), values.get("match", "")
