"""Who is to be in an audience and who is to leave it: kept as wished, told to the network by a job (ADR 0208)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from afluente.delivery.models import Audience, AudienceMember
from afluente.kernel import clock, jobs
from afluente.kernel.workspace import current_workspace_id, scope

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet

AUDIENCE = "delivery.audience"
State = AudienceMember.State


def bring_in(wanted: Sequence[tuple[int, int]]) -> None:
    """Let people into audiences soon: (audience, contact) pairs, in the caller's transaction. Who is in already, or
    on the way, is passed over. Whether they agreed is asked again before the network is told.
    """
    pairs = list(dict.fromkeys(wanted))
    known = set(
        AudienceMember.objects.filter(
            audience_id__in={audience for audience, _ in pairs},
            contact_id__in={contact for _, contact in pairs},
            state__in=(State.ADDING, State.IN),
        ).values_list("audience_id", "contact_id")
    )
    now = clock.now()
    AudienceMember.objects.bulk_create(
        [
            AudienceMember(audience_id=audience, contact_id=contact, updated_at=now)
            for audience, contact in pairs
            if (audience, contact) not in known
        ],
        ignore_conflicts=True,
        batch_size=1_000,
    )
    _wake_later({audience for audience, _ in pairs})


def take_out(wanted: Sequence[tuple[int, int]]) -> None:
    """Let people out of audiences soon: (audience, contact) pairs, in the caller's transaction."""
    for audience_id in sorted({audience for audience, _ in wanted}):
        contacts = [contact for audience, contact in wanted if audience == audience_id]
        _let_go(AudienceMember.objects.filter(audience_id=audience_id, contact_id__in=contacts))


def withdraw(contact_ids: Collection[int]) -> None:
    """Let people out of every audience, in the transaction in which they take their consent back (P-3)."""
    if contact_ids:
        _let_go(AudienceMember.objects.filter(contact_id__in=contact_ids))


def forget_people(contact_ids: Collection[int]) -> int:
    """Let people out who are erased: their hashes stay until the network has said yes; how many rows there were."""
    found = AudienceMember.objects.filter(contact_id__in=contact_ids)
    count = _let_go(found)
    found.filter(state=State.REMOVING).update(contact_id=None)
    return count


def _let_go(found: QuerySet[AudienceMember]) -> int:
    """Whom a request may have named is taken out there; whom none did is simply not told of."""
    rows = list(found.order_by("pk").select_for_update(of=("self",)).values_list("pk", "audience_id"))
    mine = AudienceMember.objects.filter(pk__in=[pk for pk, _ in rows])
    mine.filter(asked_at=None).delete()
    mine.filter(~Q(state=State.REMOVING)).update(state=State.REMOVING, updated_at=clock.now())
    _wake_later({audience for _, audience in rows})
    return len(rows)


def wake_audience(audience_id: int, at: dt.datetime | None = None) -> None:
    """Let a worker look at an audience, now or at a moment."""
    workspace_id = current_workspace_id()
    jobs.enqueue(
        AUDIENCE,
        {"audience": audience_id},
        key=f"{workspace_id}:{audience_id}",
        due_at=at,
        workspace_id=workspace_id,
    )


def _wake_later(audience_ids: Collection[int]) -> None:
    """Once it is committed: a job with a key would let rules wait for each other. Who dies in between is made up
    for by the look (jobs.look_for_audiences).
    """
    if audience_ids:
        transaction.on_commit(partial(_wake_all, current_workspace_id(), sorted(audience_ids)))


def _wake_all(workspace_id: int, audience_ids: Sequence[int]) -> None:
    with scope(workspace_id):
        for pk in Audience.objects.filter(pk__in=audience_ids, is_on=True).values_list("pk", flat=True):
            wake_audience(pk)
