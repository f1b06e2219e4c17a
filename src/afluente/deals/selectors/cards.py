"""A deal as its card shows it, read without building model objects: a board has hundreds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Trim

from afluente.accounts.models import Membership
from afluente.contacts import policies as contact_policies
from afluente.contacts.models import ContactEmail, ContactPhone
from afluente.contacts.selectors import fields_for, held_values, show
from afluente.deals import policies
from afluente.deals.selectors.nexts import Next, nexts
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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
    "due_at",
    "is_due_day",
    "company_id",
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
    due_at: datetime | None
    is_due_day: bool
    company_id: int | None
    person: str = ""
    company: str = ""  # its company, where whoever looks sees companies
    contact_id: int | None = None
    assignee: Person | None = None
    stale_after_days: int | None = None
    is_fixed: bool = False  # whoever looks may not move it
    notes: tuple[str, ...] = ()  # what it has in the fields that cards show
    coming: Next | None = None  # its nearest open activity, on boards

    @property
    def since(self) -> str:
        """When it entered its stage, for machines."""
        return self.stage_entered_at.strftime("%Y-%m-%dT%H:%MZ")

    @property
    def is_new(self) -> bool:
        """Whether it came here less than a minute ago."""
        return (clock.now() - self.stage_entered_at).total_seconds() < 60

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
    rows: Iterable[Mapping[str, Any]],
    *,
    member: Membership,
    stale: Mapping[int, int | None],
    faces: Mapping[int, Person] | None = None,
    pipeline_id: int | None = None,
) -> list[Card]:
    """Cards from rows of FIELDS, with people, companies and faces: three queries however many there are.

    `faces` are members that are at hand already. With `pipeline_id` they say what they have in the fields
    that cards of that pipeline show (one query more where there are such fields), and what comes next in them.
    """
    found = [Card(**{name: row[name] for name in FIELDS}) for row in rows]
    people = _people([card.id for card in found], member)
    companies = _companies({card.company_id for card in found if card.company_id}, member)
    known = dict(faces or {})
    known |= _faces({card.assignee_id for card in found if card.assignee_id} - known.keys())
    notes = _notes([card.id for card in found], pipeline_id) if pipeline_id else {}
    coming = nexts(member=member, deal_ids=[card.id for card in found]) if pipeline_id else {}
    may_move = policies.moving(member)
    return [
        replace(
            card,
            person=people.get(card.id, ("", None))[0],
            contact_id=people.get(card.id, ("", None))[1],
            company=companies.get(card.company_id or 0, ""),
            assignee=known.get(card.assignee_id or 0),
            stale_after_days=stale.get(card.stage_id),
            is_fixed=not may_move(card.assignee_id),
            notes=notes.get(card.id, ()),
            coming=coming.get(card.id),
        )
        for card in found
    ]


def _notes(deal_ids: list[int], pipeline_id: int) -> dict[int, tuple[str, ...]]:
    """What deals have in the fields that cards show, as people read it, in the order of the fields."""
    fields = [one for one in fields_for("deal", pipeline_id) if one.is_active and one.is_on_card]
    held = held_values("deal", deal_ids, [one.id for one in fields])
    return {
        deal_id: tuple(f"{one.name}: {show(one, values[one.id])}" for one in fields if one.id in values)
        for deal_id, values in held.items()
    }


def _people(deal_ids: list[int], member: Membership) -> dict[int, tuple[str, int | None]]:
    """The primary contact of each deal, if `member` sees them: what to call them, and their number."""
    own = {"contact_id": OuterRef("pk"), "is_primary": True}
    email = ContactEmail.objects.filter(**own).values("email")[:1]
    phone = ContactPhone.objects.filter(**own).values("raw")[:1]
    nameless = Q(first_name="", last_name="")
    seen = contact_policies.visible_to(member).filter(
        deal_links__deal_id__in=deal_ids, deal_links__is_primary=True
    )
    named = seen.annotate(
        called=Case(
            When(nameless, then=Coalesce(Subquery(email), Subquery(phone), Value(""))),
            default=Trim(Concat(F("first_name"), Value(" "), F("last_name"))),
        )
    )
    return {row[0]: (row[1], row[2]) for row in named.values_list("deal_links__deal_id", "called", "pk")}


def _companies(company_ids: set[int], member: Membership) -> dict[int, str]:
    """What companies are called, if `member` sees them."""
    if not company_ids:
        return {}
    seen = contact_policies.companies_visible_to(member).filter(pk__in=company_ids)
    return dict(seen.values_list("pk", "name"))


def _faces(member_ids: set[int]) -> dict[int, Person]:
    if not member_ids:
        return {}
    rows = Membership.objects.filter(pk__in=member_ids).values_list("pk", "user__name", "user_id")
    return {row[0]: Person(*row) for row in rows}


def faces_of(members: Iterable[Membership]) -> dict[int, Person]:
    """Members that are at hand, as avatars show them."""
    return {one.pk: Person(one.pk, one.user.name, one.user_id) for one in members}
