"""The contacts that somebody put away, the last ones first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.contacts import policies
from afluente.contacts.models import Contact
from afluente.contacts.selectors.batch import Batch
from afluente.kernel.keyset import Beyond

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from afluente.accounts.models import Membership

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class DeletedRow:
    """A deleted contact; `address` is its main e-mail or phone."""

    id: int
    title: str
    address: str
    deleted_at: datetime | None


def deleted_page(*, member: Membership, after: int | None = None) -> tuple[Sequence[DeletedRow], int | None]:
    """Deleted contacts that `member` may bring back, and the number of the last one when there are more."""
    found = policies.restorable_by(member).filter(merged_into=None)
    last = Contact.objects.filter(pk=after).exclude(deleted_at=None).first() if after else None
    if last is not None:
        found = found.filter(Beyond(("deleted_at", "id"), (last.deleted_at, last.pk), descending=True))
    contacts = list(found.order_by("-deleted_at", "-pk")[: PAGE + 1])
    batch = Batch(member=member, contacts=contacts[:PAGE])
    rows = [
        DeletedRow(
            id=one.pk,
            title=batch.title(one),
            address=next(iter((*batch.emails.get(one.pk, ()), *batch.phones.get(one.pk, ()))), ""),
            deleted_at=one.deleted_at,
        )
        for one in batch.contacts
    ]
    return rows, rows[-1].id if len(contacts) > PAGE else None
