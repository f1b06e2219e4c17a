"""Adding one deal by hand, with the person it is about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts import services as contacts
from afluente.deals.models import Deal
from afluente.deals.services.opening import NewDeal, open_deals
from afluente.kernel import email as emails
from afluente.kernel import phone as phones
from afluente.kernel import text

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact
    from afluente.deals.models import DealType, Stage
    from afluente.timeline.events import Actor


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """What was typed about the person; all of it may be empty."""

    name: str = ""
    email: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.email or self.phone)


@transaction.atomic
def add_deal(
    *,
    stage: Stage,
    name: str,
    visitor: Visitor,
    country: str,
    assignee: Membership | None,
    by: Actor,
    amount: Decimal = Decimal(0),
    contact: Contact | None = None,
    kind: DealType | None = None,
) -> int:
    """Open one deal on top of `stage`; its number in the database.

    Somebody with the same e-mail or phone is found again (crm.md section 3); otherwise, and when more
    than one fits, a contact is made and the others are noted as possible duplicates. Without a name
    the deal is called after the person. `country` (ISO) reads phone numbers without a prefix.
    `contact`, when given, is the person, whatever was typed. `kind` is what business it is.
    """
    known = contact.pk if contact is not None else None
    contact_id = known or (_contact(visitor, country, assignee, by) if visitor else None)
    called = name or (contact.name if contact else "") or visitor.name or visitor.email or visitor.phone
    (deal_id,) = open_deals(
        deals=[
            NewDeal(
                name=called,
                pipeline_id=stage.pipeline_id,
                stage_id=stage.pk,
                currency=stage.pipeline.currency,
                amount=amount,
                assignee_id=assignee.pk if assignee else None,
                contact_ids=[contact_id] if contact_id else [],
            )
        ],
        by=by,
    )
    if kind is not None:
        Deal.objects.filter(pk=deal_id).update(type=kind)
    return deal_id


def _contact(visitor: Visitor, country: str, assignee: Membership | None, by: Actor) -> int:
    mail = emails.match_key(visitor.email) if visitor.email else None
    number = phones.parse(visitor.phone, country) if visitor.phone else None
    identity = contacts.Identity(emails=(mail,) if mail else (), phones=(number,) if number else ())
    contacts.lock_identities([identity])
    (match,) = contacts.find_contacts([identity])
    if match.contact_id is not None:
        return match.contact_id
    first, last = text.split_name(visitor.name)
    (contact_id,) = contacts.create_contacts(
        contacts=[
            contacts.NewContact(
                first_name=first,
                last_name=last,
                emails=[contacts.EmailValue(visitor.email, mail or "")] if visitor.email else [],
                phones=[contacts.PhoneValue(visitor.phone, number or "")] if visitor.phone else [],
                assignee_id=assignee.pk if assignee else None,
            )
        ],
        by=by,
    )
    pairs = [(contact_id, other, match.level or "") for other in match.contact_ids]
    contacts.note_possible_duplicates(pairs)
    return contact_id
