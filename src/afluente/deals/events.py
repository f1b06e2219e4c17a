"""Facts that slices above deals act on. What people read is the log (`timeline.services.record`).

Kinds written to the log by this slice: deal.opened, deal.moved, deal.changed, deal.assigned,
deal.deleted, deal.restored, deal.merged, deal.unmerged, deal.restarted, deal.contact_added, deal.contact_removed, pipeline.created,
pipeline.changed, pipeline.ordered, pipeline.archived, pipeline.unarchived,
pipeline.stages_changed, stage.deleted, dealtype.created, dealtype.changed, dealtype.ordered,
dealtype.archived, dealtype.unarchived, dealtype.deleted (docs/reference/events.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor


class ChangeRefusedError(Exception):
    """A slice above cannot have it; its text is a sentence for people, `field` names which."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class DealsChanged:
    """Fields of deals are about to say something else: before and after, by deal and field. A handler may raise
    ChangeRefusedError.
    """

    changes: Mapping[int, Mapping[str, Sequence[Any]]]
    by: Actor


@dataclass(frozen=True)
class DealCopied:
    """Another deal was made like one."""

    deal_id: int
    copy_id: int
    by: Actor


@dataclass(frozen=True)
class Entry:
    """One deal in a stage, and the number of that entry."""

    deal_id: int
    stage_id: int
    epoch: int


@dataclass(frozen=True)
class DealsEntered:
    """Deals entered stages, new ones too (S-ENTRY); `events` are the lines of the log, in the same order.

    `cause` is what `move_deals` was told: why, when it was no person's wish.
    """

    entries: Sequence[Entry]
    events: Sequence[int]
    cause: Mapping[str, Any]


@dataclass(frozen=True)
class DealsGone:
    """Deals were put away: `record_deleted`, or they became part of another (`merged`)."""

    deal_ids: Sequence[int]
    reason: str = "record_deleted"


@dataclass(frozen=True)
class DealsMerged:
    """A deal became part of another, with everything it has."""

    survivor_id: int
    loser_id: int
    by: Actor


@dataclass(frozen=True)
class DealsParted:
    """The merge of two deals was taken back."""

    survivor_id: int
    loser_id: int
    by: Actor
