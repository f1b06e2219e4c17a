"""Opening deals, many at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.deals import statements
from afluente.deals.events import DealsEntered, Entry
from afluente.deals.services.holding import hold_stages
from afluente.deals.services.reminding import plan_reminders
from afluente.kernel import bus
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent, each

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from afluente.timeline.events import Actor


@dataclass(frozen=True)
class NewDeal:
    """A deal to be opened. An empty name becomes its number (crm.md 2.5); the first contact is primary."""

    name: str
    pipeline_id: int
    stage_id: int
    currency: str
    amount: Decimal = Decimal(0)
    assignee_id: int | None = None
    contact_ids: Sequence[int] = ()
    source: str = "manual"
    source_ref: int | None = None
    source_name: str = ""
    raw_event_id: int | None = None
    rule_ref: int | None = None
    company_id: int | None = None
    type_id: int | None = None
    due_at: datetime | None = None  # None: as the stage says
    is_due_day: bool = False
    remind_before: int | None = None
    created_at: datetime | None = None  # when another system opened it; else now
    closed_at: datetime | None = None  # when another system closed it; else now, in a stage that closes
    lost_reason: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)  # what the event says besides
    made_of: int | None = None  # the deal or lead that a rule or a person made it of


@transaction.atomic
def open_deals(
    *, deals: Sequence[NewDeal], by: Actor | Sequence[Actor], begins_rules: bool = True
) -> list[int]:
    """Open deals in their stages, epoch 1 (S-ENTRY), on top of the column; ids in the order given.

    One event each; `by` is one actor for all, or one for each. Without `begins_rules` nothing begins that waits
    for deals to enter these stages: they were there before. Raises StageGoneError. A stage of
    another pipeline is refused by the database (IntegrityError).
    """
    if not deals:
        return []
    hold_stages({deal.stage_id for deal in deals})
    made = statements.insert_deals(deals)
    ids = list(made)
    if due := {pk: when for pk, when in made.items() if all(when)}:
        plan_reminders(due)
    events = timeline.record(
        [_opened(pk, deal, actor) for pk, deal, actor in zip(ids, deals, each(by, len(ids)), strict=True)]
    )
    if not begins_rules:
        return ids
    entries = [Entry(pk, deal.stage_id, 1) for pk, deal in zip(ids, deals, strict=True)]
    made_of = {pk: deal.made_of for pk, deal in zip(ids, deals, strict=True) if deal.made_of}
    bus.publish(DealsEntered(entries, events, {"made_of": made_of} if made_of else {}))
    return ids


def _opened(deal_id: int, deal: NewDeal, actor: Actor) -> NewEvent:
    data = {
        "name": deal.name,
        "amount": str(deal.amount),
        "currency": deal.currency,
        "stage": deal.stage_id,
        "pipeline": deal.pipeline_id,
        "assignee": deal.assignee_id,
        "source": deal.source,
        "source_name": deal.source_name,
        **({"made_of": deal.made_of} if deal.made_of else {}),
        **deal.told,
    }
    person = deal.contact_ids[0] if deal.contact_ids else None
    return NewEvent("deal.opened", actor, deal_id=deal_id, contact_id=person, data=data)
