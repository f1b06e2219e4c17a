"""Deals that rules move too often: they stand still until a person says so (S-LOOP 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.accounts.models import Membership, Role
from afluente.automation import statements
from afluente.automation.models import Frozen
from afluente.deals.models import Deal
from afluente.timeline import services as timeline
from afluente.timeline.events import Actor, NewEvent

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_MOVES = 20  # automatic moves of a deal in an hour
FROZEN = "automation_frozen"
FORGOTTEN = 2**62  # later than every entry


def freeze_busy(deal_ids: Collection[int]) -> set[int]:
    """Of deals that are about to be moved, let those stand still that were moved too often; which they are.

    Whoever is responsible and the administrators are told once.
    """
    if not deal_ids:
        return set()
    busy = statements.busy(deal_ids, most=MOST_MOVES)
    if fresh := statements.freeze(busy, reason="loop_guard") if busy else []:
        statements.cancel(dict.fromkeys(fresh, FORGOTTEN), reason="loop_guard")
        _tell(fresh)
    return busy


@transaction.atomic
def unfreeze(*, deal_id: int, by: Actor) -> bool:
    """Let rules go on with a deal from its next entry on; whether it stood still."""
    gone, _ = Frozen.objects.filter(deal_id=deal_id).delete()
    if gone:
        timeline.record([NewEvent("automation.unfrozen", by, deal_id=deal_id)])
    return bool(gone)


def _tell(deal_ids: Collection[int]) -> None:
    actor = Actor("rule")
    timeline.record([NewEvent("automation.frozen", actor, deal_id=deal_id) for deal_id in deal_ids])
    admins = set(
        Membership.objects.active().filter(role__in=[Role.OWNER, Role.ADMIN]).values_list("pk", flat=True)
    )
    responsible = dict(Deal.objects.filter(pk__in=deal_ids).values_list("pk", "assignee_id"))
    timeline.notify(
        timeline.gathered(
            timeline.Notice(member_id=member, kind=FROZEN, record_kind="deal", record_id=deal_id, actor=actor)
            for deal_id, assignee in responsible.items()
            for member in sorted(admins | ({assignee} if assignee else set()))
        )
    )
