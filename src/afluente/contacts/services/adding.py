"""A contact added by hand, with everything that is known of them from the start: one event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts.services.addresses import note_same_emails
from afluente.contacts.services.belonging import link_contacts
from afluente.contacts.services.companies import ensure_company
from afluente.contacts.services.creation import create_contacts
from afluente.contacts.services.places import note_details
from afluente.contacts.services.tagging import attach_tags
from afluente.contacts.services.tags import ensure_tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.contacts.selectors import Held
    from afluente.contacts.services.creation import NewContact
    from afluente.timeline.events import Actor


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a new contact has besides names and addresses. A company that does not exist is made."""

    location: str = ""
    address: str = ""
    values: Mapping[int, Held | None] = field(default_factory=dict)
    company: str = ""
    position: str = ""
    tag_ids: Sequence[int] = ()
    new_tags: Sequence[str] = ()


@transaction.atomic
def add_contact(*, person: NewContact, details: Details, by: Actor) -> int:
    """Add one contact and write down who may be the same person; its number.

    Raises CompanyRefusedError and TagRefusedError for names that cannot be kept.
    """
    contact_id = create_contacts(contacts=[person], by=by)[0]
    note_details(
        contact_id=contact_id,
        location=details.location,
        address=details.address,
        values=details.values,
        by=by,
    )
    if details.company:
        company = ensure_company(name=details.company, by=by)
        link_contacts(
            company_id=company.pk,
            contact_ids=[contact_id],
            position=details.position,
            by=by,
            is_told=False,
        )
    made = ensure_tags(names=details.new_tags, by=by)
    tag_ids = [*details.tag_ids, *(tag.pk for tag in made)]
    attach_tags(contact_ids=[contact_id], tag_ids=tag_ids, by=by, is_told=False)
    note_same_emails(contact_id=contact_id)
    return contact_id
