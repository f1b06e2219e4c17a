"""Many deals changed as one act: by the engine of contacts (ADR 0100), in batches, with one way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.contacts.models import SavedFilter
from afluente.contacts.services import bulk
from afluente.contacts.services.bulk_shapes import Change, Subject
from afluente.deals import statements
from afluente.deals.models import DealBulkEntry
from afluente.deals.selectors.picking import DealSelection
from afluente.deals.services.bulk_kinds import kind_of

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.contacts.models import BulkChange
    from afluente.timeline.events import Actor

DEAL = SavedFilter.Entity.DEAL
JOB, UNDO_JOB = "deals.bulk", "deals.bulk_undo"
SUBJECT = Subject(
    entity=DEAL,
    selection=DealSelection,
    kind_of=kind_of,
    entries=DealBulkEntry,
    column="deal_id",
    hold=statements.hold_deals,
    job=JOB,
    undo_job=UNDO_JOB,
)


def change_deals(
    *, selection: DealSelection, change: Change, member: Membership, by: Actor, at_once: int | None = None
) -> BulkChange:
    """Ask for `change` of the deals picked: as contacts' `bulk_change`. Those that lack what a stage wants, or
    that `member` may not change, are counted as refused.
    """
    return bulk.bulk_change(
        selection=selection, change=change, member=member, by=by, at_once=at_once, entity=DEAL
    )
