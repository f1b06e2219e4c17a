"""Addresses that people enter, one or a whole list, and let through again (P-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.accounts import services as accounts
from afluente.delivery.models import Channel, Suppression
from afluente.delivery.models.consenting import digest_of
from afluente.delivery.services.consenting import enter_beside
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership

BATCH = 1_000


class OwnWordError(Exception):
    """Who unsubscribed comes back by a word of their own, not by a colleague's."""


def digest_kept(address: str) -> str:
    """What the table finds an address by."""
    return digest_of(address)[:32]


@dataclass(frozen=True)
class PassedOver:
    """How many addresses are passed over from now on, and how many were before."""

    new: int
    known: int


@transaction.atomic
def pass_over(*, channel: str, addresses: Sequence[str], detail: str = "", by: Membership) -> PassedOver:
    """Write to these addresses no more, whatever it is. One that is passed over already keeps its reason; that
    its owner unsubscribed stands beside what the colleague says.
    """
    now = clock.now()
    rows = {
        digest: Suppression(
            channel=channel,
            digest=digest,
            address=address.strip()[:254],
            reason=Suppression.Reason.MANUAL,
            detail=detail[:300],
            at=now,
        )
        for address in addresses
        for digest in [digest_kept(address)]
    }
    before = Suppression.objects.filter(channel=channel)
    known = before.filter(digest__in=list(rows)).count()
    Suppression.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=BATCH)
    enter_beside(channel=channel, digests=list(rows), detail=detail)
    new = len(rows) - known
    if new:
        accounts.record_audit(
            kind="suppression.added",
            by=by,
            subject=str(Channel(channel).label),
            after={"addresses": new, "detail": detail[:300]},
        )
    return PassedOver(new, known)


@transaction.atomic
def let_through(suppression_id: int, *, by: Membership) -> tuple[str, str]:
    """Write to an address again; the address and its channel. One whose owner unsubscribed besides still gets
    nothing that advertises. Raises Suppression.DoesNotExist, and OwnWordError for one whose
    owner unsubscribed. The audit names it by its digest: it outlives an erasure.
    """
    found = Suppression.objects.select_for_update(of=("self",)).get(pk=suppression_id)
    if found.reason == Suppression.Reason.UNSUBSCRIBED:
        raise OwnWordError
    address, channel = found.address, found.channel
    accounts.record_audit(
        kind="suppression.removed",
        by=by,
        subject=str(Channel(found.channel).label),
        before={"digest": found.digest, "reason": found.reason, "detail": found.detail},
    )
    if found.has_left:
        found.reason, found.has_left = Suppression.Reason.UNSUBSCRIBED, False
        found.save(update_fields=["reason", "has_left"])
    else:
        found.delete()
    return address, channel
