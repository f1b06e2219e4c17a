"""What templates may speak of: a deal, its person, its company and who is responsible, as plain words (S-SEC)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.accounts.models import Workspace
from afluente.contacts.models import EVERY, Contact, ContactEmail, ContactPhone
from afluente.contacts.selectors import fields_of, held_values
from afluente.contacts.selectors.values import home, show
from afluente.deals.models import Deal, DealContact
from afluente.kernel.workspace import current_workspace_id
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from django_stubs_ext import StrOrPromise

OWN: tuple[tuple[str, StrOrPromise], ...] = (
    ("contact.first_name", _("First name")),
    ("contact.last_name", _("Last name")),
    ("contact.name", _("Full name")),
    ("contact.email", _("E-mail")),
    ("contact.phone", _("Phone")),
    ("deal.name", _("Name of the deal")),
    ("deal.amount", _("Value of the deal")),
    ("deal.stage", _("Stage")),
    ("deal.pipeline", _("Pipeline")),
    ("deal.due", _("Due date")),
    ("company.name", _("Company")),
    ("responsible.name", _("Who is responsible")),
    ("responsible.email", _("Their e-mail")),
    ("workspace.name", _("Name of the workspace")),
)


@dataclass(frozen=True)
class Variable:
    """A word that templates may use: `name` in the text, `label` for people."""

    name: str
    label: StrOrPromise


@dataclass(frozen=True)
class Reader:
    """Whom a message about a deal is for, and what it may say. Addresses are '' where there is none."""

    deal_id: int
    contact_id: int | None
    email: str
    phone: str
    words: Mapping[str, Mapping[str, str]]


def variables() -> list[Variable]:
    """Every word that a template may use: the usual ones, then fields of deals and of contacts."""
    fields = [Variable(f"{entity}.field_{one.id}", one.name) for entity, one in _fields()]
    return [*(Variable(*one) for one in OWN), *fields]


def _fields() -> list[tuple[str, Any]]:
    pairs = (("deal", fields_of("deal", EVERY)), ("contact", fields_of("contact")))
    return [(entity, one) for entity, found in pairs for one in found if not one.is_archived]


def readers_of(deal_ids: Collection[int]) -> dict[int, Reader]:
    """The main person of each deal with what messages may say to them: as many queries for one as for all."""
    rows = Deal.objects.filter(pk__in=deal_ids).select_related(
        "stage", "pipeline", "company", "assignee__user"
    )
    deals = {row.pk: row for row in rows}
    people = main_people(deals)
    contacts = {one.pk: one for one in Contact.objects.filter(pk__in=people.values())}
    emails = _main(ContactEmail.objects.exclude(key=""), contacts, "email")
    phones = _main(ContactPhone.objects.exclude(e164=""), contacts, "e164")
    workspace = Workspace.objects.get(pk=current_workspace_id())
    values = {"deal": _values("deal", deals), "contact": _values("contact", contacts)}
    place = home()
    found = {}
    with formats.region(place.country, place.zone.key):
        for pk, deal in deals.items():
            contact = contacts.get(people.get(pk, 0))
            who = contact.pk if contact else 0
            words = {
                "contact": {
                    "first_name": contact.first_name if contact else "",
                    "last_name": contact.last_name if contact else "",
                    "name": contact.name if contact else "",
                    "email": emails.get(who, ""),
                    "phone": phones.get(who, ""),
                    **values["contact"].get(who, {}),
                },
                **_of_deal(deal, values["deal"].get(pk, {})),
                "workspace": {"name": workspace.name},
            }
            found[pk] = Reader(pk, who or None, emails.get(who, ""), phones.get(who, ""), words)
    return found


def _of_deal(deal: Deal, values: dict[str, str]) -> dict[str, dict[str, str]]:
    user = deal.assignee.user if deal.assignee else None
    return {
        "deal": {
            "name": deal.name,
            "amount": formats.money_exact(deal.amount, deal.currency),
            "stage": deal.stage.name,
            "pipeline": deal.pipeline.name,
            "due": formats.day(deal.due_at) if deal.due_at else "",
            **values,
        },
        "company": {"name": deal.company.name if deal.company else ""},
        "responsible": {"name": user.name if user else "", "email": user.email if user else ""},
    }


def main_people(deal_ids: Collection[int]) -> dict[int, int]:
    """The main person of each deal, else the one who was added first."""
    links = DealContact.objects.filter(deal_id__in=deal_ids, contact__deleted_at=None)
    found: dict[int, int] = {}
    for deal, contact in links.order_by("deal_id", "-is_primary", "pk").values_list("deal_id", "contact_id"):
        found.setdefault(deal, contact)
    return found


def _main(rows: Any, contacts: Collection[int], name: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for contact, address in (
        rows.filter(contact_id__in=contacts)
        .order_by("contact_id", "-is_primary", "pk")
        .values_list("contact_id", name)
    ):
        found.setdefault(contact, address)
    return found


def _values(entity: str, ids: Collection[int]) -> dict[int, dict[str, str]]:
    fields: Sequence[Any] = [one for kind, one in _fields() if kind == entity]
    held = held_values(entity, list(ids), [one.id for one in fields])
    return {
        record: {f"field_{one.id}": show(one, values.get(one.id)) for one in fields}
        for record, values in held.items()
    }
