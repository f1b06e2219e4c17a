"""What goes along when two contacts become one: each slice says it of its own tables, in one object.

    register_carrier(Carrier(slug="tasks.contacts", table="tasks_taskcontact", label=_("Tasks"),
                             same="o.task_id = r.task_id"))

Rows are moved by their numbers and written down, so that taking the merge back finds exactly them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """A table whose rows belong to a contact by the number in `column`.

    `where` narrows it, as (column, value) pairs. `same` is SQL that says when a row `r` of the loser
    and a row `o` of the survivor are one thing; such a row stays behind with the loser, unseen, or,
    with `yields`, is taken out and put back by unmerging. A row that yields needs `parent`, (column,
    table) of what it hangs on: without that it cannot come back. Without `same` every row moves.

    `flag` is a column that is true for one row of a contact (the main e-mail). `lead` is one that is
    true for one row of something else (the main person of a deal): the row that stays inherits it.
    Names come from the program, never from people.
    """

    slug: str
    table: str
    label: StrOrPromise = field(compare=False)  # a text that is translated late has no lasting hash
    column: str = "contact_id"
    where: tuple[tuple[str, str], ...] = ()
    same: str = ""
    yields: bool = False
    parent: tuple[str, str] = ("", "")
    flag: str = ""
    lead: str = ""
    order: int = 50

    def __post_init__(self) -> None:
        if self.yields and not (self.same and all(self.parent)):
            raise ValueError(f"{self.slug}: what yields needs `same` and `parent`.")


_carriers: dict[str, Carrier] = {}
_staying: dict[tuple[str, str], str] = {}


def register_carrier(carrier: Carrier) -> None:
    """Let rows of a table go along in every merge. Called in `AppConfig.ready`; twice changes nothing."""
    _carriers[carrier.slug] = carrier


def declare_staying(columns: Mapping[tuple[str, str], str]) -> None:
    """Say that rows stay with whom they name in a merge: (table, column) → the reason."""
    _staying.update(columns)


def known_columns() -> set[tuple[str, str]]:
    """Columns that name a contact, of which it was said what becomes of them in a merge."""
    return {(one.table, one.column) for one in _carriers.values()} | set(_staying)


def carriers() -> Sequence[Carrier]:
    """Every registered one, in their order."""
    return sorted(_carriers.values(), key=lambda one: (one.order, one.slug))


def carrier_of(slug: str) -> Carrier | None:
    """The carrier called `slug`; None when its slice is gone."""
    return _carriers.get(slug)
