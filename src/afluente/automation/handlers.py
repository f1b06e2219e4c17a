"""What automation does when deals enter stages, or go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.automation import services

if TYPE_CHECKING:
    from afluente.deals.events import DealsEntered, DealsGone


def begin(fact: DealsEntered) -> None:
    """What waited for the stage that was left is over; the rules of the new one are looked at soon."""
    services.enter(fact.entries, fact.events, cause=fact.cause)


def end(fact: DealsGone) -> None:
    """Nothing happens to deals that were put away."""
    services.leave(fact.deal_ids, reason="record_deleted")
