"""What insights writes into the log, and what of the log it keeps figures of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from afluente.timeline.events import NewEvent

ANSWERED, UNANSWERED = "deal.answered", "deal.unanswered"
OPENED, MOVED = "deal.opened", "deal.moved"
# What a person does with a deal that its customer would call an answer, or that leads to one.
# That somebody says so (ANSWERED) is noted where it is said, so that it can be taken back at once.
ANSWERS = (MOVED, "comment.added", "comment.replied", "task.created", "task.completed")
FOLLOWED = (OPENED, *ANSWERS)


def is_followed(event: NewEvent) -> bool:
    """Whether figures change by it: a deal came or moved, or a person answered."""
    if event.kind in {OPENED, MOVED}:
        return event.deal_id is not None
    return event.actor.kind == "member" and (event.deal_id is not None or event.contact_id is not None)
