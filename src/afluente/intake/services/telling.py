"""What an arrival writes into the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

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
