"""Adding one deal by hand, with the person it is about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts import services as contacts
from afluente.deals.services.opening import NewDeal, open_deals
from afluente.kernel import email as emails
from afluente.kernel import phone as phones
from afluente.kernel import text

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.contacts.models import Company, Contact
    from afluente.deals.models import DealType, Stage
    from afluente.deals.services.due import Due
    from afluente.timeline.events import Actor


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """What was typed about the person; all of it may be empty."""

    name: str = ""
    email: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.called)

    @property
    def called(self) -> str:
        """The best there is to call the person by."""
        return self.name or self.email or self.phone


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
    company: Company | None = None,
    due: Due | None = None,
) -> int:
    """Open one deal on top of `stage`; its number in the database.

    Somebody with the same e-mail or phone is found again (crm.md section 3); otherwise, and when more
    than one fits, a contact is made and the others are noted as possible duplicates. Without a name
    the deal is called after the person. `country` (ISO) reads phone numbers without a prefix.
    `contact`, when given, is the person, whatever was typed. `kind` is what business it is.
    """
    contact_id = contact.pk if contact is not None else None
    if contact_id is None and visitor:
        contact_id, _is_new = find_or_make_contact(visitor=visitor, country=country, assignee=assignee, by=by)
    new = NewDeal(
        name=name or (contact.name if contact else "") or visitor.called,
        pipeline_id=stage.pipeline_id,
        stage_id=stage.pk,
        currency=stage.pipeline.currency,
        amount=amount,
        assignee_id=assignee.pk if assignee else None,
        contact_ids=[contact_id] if contact_id else [],
        company_id=company.pk if company else None,
        type_id=kind.pk if kind else None,
        **(due.columns if due else {}),
    )
    (deal_id,) = open_deals(deals=[new], by=by)
    return deal_id


def find_or_make_contact(
    *, visitor: Visitor, country: str, assignee: Membership | None, by: Actor
) -> tuple[int, bool]:
    """The contact that fits what was typed, by identity (crm.md section 3), and whether it was made now."""
    mail = emails.match_key(visitor.email) if visitor.email else None
    number = phones.parse(visitor.phone, country) if visitor.phone else None
    identity = contacts.Identity(emails=(mail,) if mail else (), phones=(number,) if number else ())
    contacts.lock_identities([identity])
    (match,) = contacts.find_contacts([identity])
    if match.contact_id is not None:
        return match.contact_id, False
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
    return contact_id, True
