"""A deal as its card shows it, read without building model objects: a board has hundreds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Trim

from afluente.accounts.models import Membership
from afluente.contacts import policies as contact_policies
from afluente.contacts.models import ContactEmail, ContactPhone
from afluente.deals.models import DealContact
from afluente.kernel import clock

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

FIELDS = (
    "id",
    "number",
    "name",
    "amount",
    "currency",
    "stage_id",
    "position",
    "stage_entered_at",
    "assignee_id",
    "source",
    "source_name",
    "lost_reason",
    "closed_at",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A member as an avatar shows them."""

    id: int
    name: str
    seed: int


@dataclass(frozen=True, slots=True)
class Card:
    """The facts of one card. `person` is the primary contact by name, else by an address, else ''."""

    id: int
    number: int
    name: str
    amount: Decimal
    currency: str
    stage_id: int
    position: Decimal
    stage_entered_at: datetime
    assignee_id: int | None
    source: str
    source_name: str
    lost_reason: str
    closed_at: datetime | None
    person: str = ""
    contact_id: int | None = None
    assignee: Person | None = None
    stale_after_days: int | None = None

    @property
    def place(self) -> str:
        """The position without trailing noughts: what the browser orders by."""
        return f"{self.position.normalize():f}"

    @property
    def tone(self) -> str:
        """How long it has been here, against the stage's limit: "", "stale" past half, "rot" past it."""
        if self.stale_after_days is None or self.closed_at is not None:
            return ""
        hours = (clock.now() - self.stage_entered_at).total_seconds() / 3600
        share = hours / (24 * self.stale_after_days)
        return "rot" if share >= 1 else "stale" if share >= 0.5 else ""


def dress(
    rows: Iterable[Mapping[str, Any]], *, member: Membership, stale: Mapping[int, int | None]
) -> list[Card]:
    """Cards from rows of FIELDS, with people and faces: two queries however many there are."""
    found = [Card(**{name: row[name] for name in FIELDS}) for row in rows]
    people = _people([card.id for card in found], member)
    faces = _faces({card.assignee_id for card in found if card.assignee_id})
    return [
        replace(
            card,
            person=people.get(card.id, ("", None))[0],
            contact_id=people.get(card.id, ("", None))[1],
            assignee=faces.get(card.assignee_id or 0),
            stale_after_days=stale.get(card.stage_id),
        )
        for card in found
    ]


def _people(deal_ids: list[int], member: Membership) -> dict[int, tuple[str, int | None]]:
    """The primary contact of each deal, if `member` sees them: what to call them, and their number."""
    own = {"contact_id": OuterRef("contact_id"), "is_primary": True}
    email = ContactEmail.objects.filter(**own).values("email")[:1]
    phone = ContactPhone.objects.filter(**own).values("raw")[:1]
    full = Trim(Concat(F("contact__first_name"), Value(" "), F("contact__last_name")))
    nameless = Q(contact__first_name="", contact__last_name="")
    seen = contact_policies.visible_to(member)
    rows = DealContact.objects.filter(deal_id__in=deal_ids, is_primary=True, contact__in=seen)
    named = rows.annotate(
        called=Case(
            When(nameless, then=Coalesce(Subquery(email), Subquery(phone), Value(""))),
            default=full,
        )
    )
    return {row[0]: (row[1], row[2]) for row in named.values_list("deal_id", "called", "contact_id")}


def _faces(member_ids: set[int]) -> dict[int, Person]:
    rows = Membership.objects.filter(pk__in=member_ids).values_list("pk", "user__name", "user_id")
    return {row[0]: Person(*row) for row in rows}
