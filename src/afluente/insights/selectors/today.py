"""What is new, and whether there is anything yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from afluente.contacts import policies as contact_policies
from afluente.contacts.models import ContactEmail, ContactPhone
from afluente.deals import policies as deal_policies
from afluente.deals.selectors.cards import FIELDS, dress

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from afluente.accounts.models import Membership
    from afluente.deals.selectors import Card

SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Addresses by which somebody is called or written to, '' where there is none."""

    call: str = ""
    mail: str = ""

    @property
    def chat(self) -> str:
        """WhatsApp on their number."""
        return f"https://wa.me/{self.call.removeprefix('tel:+')}" if self.call else ""


NO_WAYS = Ways()


@dataclass(frozen=True, kw_only=True)
class Line:
    """A deal in a list of the home page, and how its main person is reached."""

    card: Card
    stage: str
    at: datetime
    ways: Ways = NO_WAYS


def is_new(*, member: Membership) -> bool:
    """Whether the workspace has nothing to show to `member` yet."""
    return not (deal_policies.visible_to(member).exists() or contact_policies.visible_to(member).exists())


def new_deals(*, member: Membership) -> list[Line]:
    """The last arrivals."""
    newest = deal_policies.visible_to(member).order_by("-created_at", "-pk")
    return lines(newest.values(*FIELDS, *MORE, "created_at")[:SHOWN], member=member, moment="created_at")


MORE = ("stage__name", "stage__stale_after_days")


def lines(found: Iterable[dict[str, Any]], *, member: Membership, moment: str) -> list[Line]:
    """Rows of FIELDS, MORE and `moment` as lines: two queries however many there are."""
    rows = list(found)
    stale = {row["stage_id"]: row["stage__stale_after_days"] for row in rows}
    return [
        Line(card=card, stage=row["stage__name"], at=row[moment])
        for card, row in zip(dress(rows, member=member, stale=stale), rows, strict=True)
    ]


def ways_to(contact_ids: Iterable[int]) -> dict[int, Ways]:
    """How these people, whom the caller's member sees, are reached: two queries."""
    ids = set(contact_ids)
    if not ids:
        return {}
    main = {"contact_id__in": ids, "is_primary": True}
    phones = dict(ContactPhone.objects.filter(**main).exclude(e164="").values_list("contact_id", "e164"))
    mails = dict(ContactEmail.objects.filter(**main).values_list("contact_id", "email"))
    return {
        pk: Ways(
            call=f"tel:{phones[pk]}" if pk in phones else "",
            mail=f"mailto:{mails[pk]}" if pk in mails else "",
        )
        for pk in ids
    }
