"""What goes along when two deals become one: each slice says it of its own tables, in one object.

    register_carrier(Carrier(slug="tasks.deals", table="tasks_taskdeal", label=_("Tasks"),
                             same="o.task_id = r.task_id"))

The same idea as for contacts (ADR 0110), for two deals at a time: what is moved is written down with the merge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """A table whose rows belong to a deal by the number in `column`.

    `where` narrows it, as (column, value) pairs. `same` is SQL that says when a row `r` of the one that goes and
    a row `o` of the one that stays are one thing; such a row stays behind, unseen. `flag` is a column that is
    true for one row of a deal: it stays where it is, unless the deal that stays has none. `only` is SQL that a
    row must fulfil to go along; in it `%(currency)s` is that of the deal that stays. Names come from the program,
    never from people.
    """

    slug: str
    table: str
    label: StrOrPromise = field(compare=False)  # a text that is translated late has no lasting hash
    column: str = "deal_id"
    where: tuple[tuple[str, str], ...] = ()
    same: str = ""
    only: str = ""
    flag: str = ""
    is_shown: bool = True
    order: int = 50


_carriers: dict[str, Carrier] = {}
_staying: dict[tuple[str, str], str] = {}


def register_carrier(carrier: Carrier) -> None:
    """Let rows of a table go along in every merge of deals. Called in `AppConfig.ready`; twice changes nothing."""
    _carriers[carrier.slug] = carrier


def declare_staying(columns: Mapping[tuple[str, str], str]) -> None:
    """Say that rows stay with the deal they name in a merge: (table, column) → the reason."""
    _staying.update(columns)


def known_columns() -> set[tuple[str, str]]:
    """Columns that name a deal, of which it was said what becomes of them in a merge."""
    return {(one.table, one.column) for one in _carriers.values()} | set(_staying)


def carriers() -> Sequence[Carrier]:
    """Every registered one, in their order."""
    return sorted(_carriers.values(), key=lambda one: (one.order, one.slug))


OF_DEAL = (("kind", "deal"),)
OWN = (
    Carrier(
        slug="deals.people",
        table="deals_dealcontact",
        label=_("People"),
        same="o.contact_id = r.contact_id",
        flag="is_primary",
        order=10,
    ),
    Carrier(slug="timeline.comments", table="timeline_comment", label=_("Comments"), order=30),
    Carrier(
        slug="timeline.notifications",
        table="timeline_notification",
        label=_("Notifications"),
        column="record_id",
        where=(("record_kind", "deal"),),
        is_shown=False,
        order=31,
    ),
    Carrier(
        slug="files.attachments",
        table="files_attachment",
        label=_("Files"),
        column="entity_id",
        where=OF_DEAL,
        same="o.file_id = r.file_id",
        order=40,
    ),
    Carrier(
        slug="files.uploads",
        table="files_upload",
        label=_("Files on their way"),
        column="entity_id",
        where=OF_DEAL,
        is_shown=False,
        order=41,
    ),
)
STAYING = {
    ("timeline_event", "deal_id"): "The survivor's history reads those of who joined it as well.",
    ("timeline_reminder", "record_id"): "Its due date is taken over or not; who is away reminds of nothing.",
    ("deals_dealvalue", "deal_id"): "Decided field by field (services.merging).",
    (
        "deals_dealbulkentry",
        "deal_id",
    ): "What a change of many replaced; taking it back passes over who left.",
    ("deals_conversion", "lead_id"): "The lead that it was; its page leads on.",
    (
        "deals_conversion",
        "deal_id",
    ): "What the lead became; taking that back must not take the survivor away.",
    ("deals_dealmerge", "survivor_id"): "Earlier merges stay what they were, and are parted in turn.",
    ("deals_dealmerge", "loser_id"): "The merge itself.",
    ("deals_deal", "merged_into_id"): "The merge itself.",
    ("deals_dealsearch", "id"): "Worked out anew.",
}


def register() -> None:
    """Called when the app is ready."""
    for carrier in OWN:
        register_carrier(carrier)
    declare_staying(STAYING)
