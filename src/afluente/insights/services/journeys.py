"""Keeping the journeys of deals, and saying that somebody was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.insights import statements
from afluente.insights.events import ANSWERS, FOLLOWED, MOVED
from afluente.insights.models import Journey
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.deals.models import Deal
    from afluente.timeline.events import Actor
    from afluente.timeline.models import Event

REBUILD_JOB = "insights.rebuild"


@transaction.atomic
def follow(events: Sequence[Event]) -> tuple[()]:
    """Keep journeys up to date with these events of the log, however often they come. Tells nobody."""
    known = [one for one in events if one.kind in FOLLOWED]
    deals = sorted({one.deal_id for one in known if one.deal_id is not None})
    if deals:
        statements.begin(deals)
    if moves := [one for one in known if one.kind == MOVED and one.deal_id is not None]:
        statements.advance([(deal, stage) for one in moves for deal, stage in _stages(one)])
        statements.settle(sorted({one.deal_id for one in moves if one.deal_id is not None}))
    answers = [one for one in known if one.kind in ANSWERS and one.actor_kind == "member"]
    if answers:
        statements.answer(
            [(one.deal_id, one.at, one.actor_id) for one in answers if one.deal_id is not None],
            [
                (one.contact_id, one.at, one.actor_id)
                for one in answers
                if one.deal_id is None and one.contact_id
            ],
        )
    return ()


def _stages(move: Event) -> list[tuple[int, int]]:
    data: dict[str, Any] = move.data
    return [(move.deal_id or 0, data[end]) for end in ("from", "to") if isinstance(data.get(end), int)]


@transaction.atomic
def answer_deal(*, deal: Deal, by: Actor) -> None:
    """Say that whoever a deal is of was answered: on the phone, say. It waits no more, at once."""
    timeline.record([NewEvent("deal.answered", by, contact_id=_main_person(deal), deal_id=deal.pk)])
    statements.begin([deal.pk])
    rows = Journey.objects.filter(deal_id=deal.pk).values_list("opened_at", flat=True)
    statements.answer([(deal.pk, max(clock.now(), *rows), by.id)], [])


@transaction.atomic
def unanswer_deal(*, deal: Deal, by: Actor) -> None:
    """Take that back: it waits again."""
    timeline.record([NewEvent("deal.unanswered", by, contact_id=_main_person(deal), deal_id=deal.pk)])
    statements.begin([deal.pk])
    statements.withdraw([deal.pk])


def _main_person(deal: Deal) -> int | None:
    return deal.people.filter(is_primary=True).values_list("contact_id", flat=True).first()


@transaction.atomic
def rebuild() -> None:
    """Make journeys of deals that were there before: from the log, in three statements."""
    statements.rebuild(ANSWERS)
