"""What an arrival writes into the history, and what slices above are told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.intake.events import ConsentHeard, ConsentsHeard
from afluente.intake.models import Source
from afluente.kernel import bus
from afluente.timeline.events import NewEvent

FORM = Source.Kind.FORM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from afluente.intake.services.applying import Entry


def events_of(entry: Entry) -> Iterator[NewEvent]:
    """The arrival itself, with its fields and origin and why it is this contact; and a fallen-back rule."""
    yield NewEvent(
        "lead.received",
        entry.actor,
        contact_id=entry.outcome.contact_id,
        deal_id=entry.outcome.deal_id,
        data={
            "source": entry.source.kind,
            "source_id": entry.source.pk,
            "source_name": entry.lead.source_name or entry.source.name,
            "raw_event": entry.event.id,
            "fields": dict(entry.lead.fields),
            "utm": dict(entry.lead.utm),
            **entry.match.told,
        },
    )
    if entry.plan.fell_back is not None:
        yield NewEvent(
            "rule.fell_back",
            entry.actor,
            contact_id=entry.outcome.contact_id,
            deal_id=entry.outcome.deal_id,
            data={"rule": entry.plan.fell_back.pk, "rule_name": entry.plan.fell_back.name},
        )


def tell_consents(entries: Sequence[Entry]) -> None:
    """Tell what the senders of these arrivals agreed to; whoever sends messages keeps it (P-3)."""
    words = tuple(
        ConsentHeard(
            contact_id=entry.outcome.contact_id or 0,
            channel=word.channel,
            is_given=word.is_given,
            wording=word.wording,
            reason=word.reason,
            # A program's own address says nothing of the person it speaks of.
            ip=word.ip or (entry.event.context.get("address", "") if entry.source.kind == FORM else ""),
            agent=word.agent or (entry.event.context.get("agent", "") if entry.source.kind == FORM else ""),
            source=entry.source.kind,
            source_id=entry.source.pk,
            source_name=entry.source.name,
            raw_event_id=entry.event.id,
            at=entry.event.received_at,
        )
        for entry in entries
        for word in entry.lead.consents
    )
    if words:
        bus.publish(ConsentsHeard(words))
