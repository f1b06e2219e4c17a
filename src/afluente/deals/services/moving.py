"""The one way into a stage (invariant 5, S-ENTRY)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.deals import statements
from afluente.deals.events import DealsEntered, Entry
from afluente.deals.models import Deal, Stage
from afluente.deals.selectors import requirements
from afluente.deals.services.holding import hold_stages
from afluente.deals.services.reminding import plan_reminders
from afluente.kernel import bus
from afluente.kernel.places import STEP, between
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from afluente.deals.statements import Entered, LockedDeal
    from afluente.timeline.events import Actor


PEOPLE = {"member", "token"}  # those who are asked for what a stage wants


class MissingError(Exception):
    """A stage wants what some deals lack: the keys of `selectors.requirements` by deal. Nothing moved."""

    def __init__(self, lacking: Mapping[int, list[str]]) -> None:
        super().__init__(lacking)
        self.lacking = dict(lacking)

    @property
    def keys(self) -> list[str]:
        """Everything that is missing somewhere."""
        return list(dict.fromkeys(key for keys in self.lacking.values() for key in keys))


class MovedMeanwhileError(Exception):
    """Somebody else moved the deal since the person looked: `who`, and the stage where it stands now."""

    def __init__(self, who: str, stage: str) -> None:
        super().__init__(who, stage)
        self.who, self.stage = who, stage


@dataclass(frozen=True)
class Moved:
    """One deal that entered a stage, and its epoch there."""

    deal_id: int
    from_stage_id: int
    to_stage_id: int
    epoch: int


@transaction.atomic
def move_deals(
    *,
    deal_ids: Sequence[int],
    to: Stage,
    by: Actor,
    cause: Mapping[str, Any] | None = None,
    after_id: int | None = None,
    before_id: int | None = None,
    lost_reason: str = "",
    seen_stage_id: int | None = None,
) -> list[Moved]:
    """Put deals into stage `to`, below `after_id` or above `before_id`, else on top, in the order given.

    A deal that is already there only changes its place: no epoch, nothing in its history. Won and lost close
    a deal, leaving them reopens it. `cause` says why when it was no person's wish (a rule, an undo). Deals that
    are gone are left out of the answer. `seen_stage_id` is where the person saw them. Raises StageGoneError,
    MovedMeanwhileError when somebody else has put one elsewhere since, and MissingError when a person moves deals that
    lack what the stage wants; others are let in, and the event says what is missing (ADR 0161).
    """
    hold_stages({to.pk})
    locked = {deal.id: deal for deal in statements.lock_deals(deal_ids)}
    if seen_stage_id is not None:
        _require_unmoved(locked, {seen_stage_id, to.pk}, by)
    wanted = [deal_id for deal_id in dict.fromkeys(deal_ids) if deal_id in locked]
    places = _places(wanted, to=to, after_id=after_id, before_id=before_id)
    entering = [pk for pk in wanted if locked[pk].stage_id != to.pk]
    if after_id or before_id:
        _reorder({pk: places[pk] for pk in wanted if pk not in entering}, by)
    if not entering:
        return []
    lacking = requirements.missing(entering, requirements.required_of(to, reason=lost_reason))
    if lacking and cause is None and by.kind in PEOPLE:
        raise MissingError(lacking)
    entered = _enter({pk: places[pk] for pk in entering}, to, lost_reason, cause)
    told = {pk: (locked[pk], entered[pk], lacking.get(pk, [])) for pk in entering}
    events = _Telling(to, by, cause, lost_reason).write(told)
    bus.publish(DealsEntered([Entry(pk, to.pk, entered[pk].epoch) for pk in entering], events, cause or {}))
    return [Moved(pk, locked[pk].stage_id, to.pk, entered[pk].epoch) for pk in entering]


def _enter(
    places: dict[int, Decimal], to: Stage, lost_reason: str, cause: Mapping[str, Any] | None
) -> dict[int, Entered]:
    reason = lost_reason if to.kind == Stage.Kind.LOST else ""
    return statements.enter_stage(places, stage=to, lost_reason=reason, sets_due="undo" not in (cause or {}))


def _require_unmoved(locked: Mapping[int, LockedDeal], fine: set[int], by: Actor) -> None:
    """One's own moves are no surprise: a card that is dragged twice is sent twice before the first answer."""
    for deal in locked.values():
        if deal.stage_id in fine:
            continue
        last = Event.objects.filter(deal_id=deal.id, kind="deal.moved").order_by("-pk").first()
        if last is None or (last.actor_kind, last.actor_id) != (by.kind, by.id):
            raise MovedMeanwhileError(last.actor_name if last else "", deal.stage_name)


def _reorder(places: dict[int, Decimal], by: Actor) -> None:
    if not places:
        return
    statements.reorder(places)
    # For other open boards alone: a hidden kind, and of no contact.
    timeline.record([NewEvent("deal.reordered", by, deal_id=deal_id) for deal_id in places])


@dataclass(frozen=True)
class _Telling:
    """What every event of one move says."""

    to: Stage
    by: Actor
    cause: Mapping[str, Any] | None
    lost_reason: str

    def write(self, moved: Mapping[int, tuple[LockedDeal, Entered, Sequence[str]]]) -> list[int]:
        """One event for each deal, and its reminder where the stage says when it is due; the events' ids."""
        if self.to.due_hours is not None:
            plan_reminders({pk: (one.due_at, one.remind_before) for pk, (_, one, _) in moved.items()})
        return timeline.record([self.of(*row) for row in moved.values()])

    def of(self, deal: LockedDeal, entered: Entered, lacking: Sequence[str]) -> NewEvent:
        """The event of one deal; `lacking` is what the stage wants and the deal does not have."""
        data = {
            "from": deal.stage_id,
            "from_name": deal.stage_name,
            "from_pipeline": deal.pipeline_id,
            "to": self.to.pk,
            "to_name": self.to.name,
            "to_kind": self.to.kind,
            "pipeline": self.to.pipeline_id,
            "epoch": entered.epoch,
        }
        if entered.due_at != deal.due_at:
            data["due"] = [one.isoformat() if one else None for one in (deal.due_at, entered.due_at)]
        if self.lost_reason and self.to.kind == Stage.Kind.LOST:
            data["lost_reason"] = self.lost_reason
        if lacking:
            data["missing"] = list(lacking)
        if self.cause:
            data["cause"] = dict(self.cause)
        return NewEvent("deal.moved", self.by, deal_id=deal.id, contact_id=deal.contact_id, data=data)


def _places(
    deal_ids: Sequence[int], *, to: Stage, after_id: int | None, before_id: int | None
) -> dict[int, Decimal]:
    """A position for each deal, in order: between the neighbours named, else on top."""
    above, below = _neighbours(set(deal_ids), to=to, after_id=after_id, before_id=before_id)
    if above is None and below is None:
        below = statements.top_position()
    found = between(above, below, count=len(deal_ids))
    if not found and deal_ids:
        statements.renumber(stage_id=to.pk, step=STEP)
        return _places(deal_ids, to=to, after_id=after_id, before_id=before_id)
    return dict(zip(deal_ids, found, strict=True))


def _neighbours(
    moving: set[int], *, to: Stage, after_id: int | None, before_id: int | None
) -> tuple[Decimal | None, Decimal | None]:
    """Positions right above and right below the wanted place; None where the column ends."""
    column = Deal.objects.present().filter(stage_id=to.pk).exclude(pk__in=moving)
    if after_id is not None:
        above = column.filter(pk=after_id).values_list("position", flat=True).first()
        if above is not None:
            following = column.filter(position__gt=above).order_by("position")
            return above, following.values_list("position", flat=True).first()
    if before_id is not None:
        below = column.filter(pk=before_id).values_list("position", flat=True).first()
        if below is not None:
            preceding = column.filter(position__lt=below).order_by("-position")
            return preceding.values_list("position", flat=True).first(), below
    return None, None
