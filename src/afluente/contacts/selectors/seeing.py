"""Who may open a contact, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.accounts import selectors as accounts
from afluente.accounts.models import Area
from afluente.contacts import policies

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact


def seers_of_contact(*, contact: Contact, viewer: Membership) -> list[accounts.Seer]:
    """Every member who may open `contact`, each with the reason; a constant number of queries."""
    linked: dict[int, str] = {}
    for link in policies.links():
        for member_id, sentence in link.people_of(contact.pk, viewer).items():
            linked.setdefault(member_id, sentence)
    return accounts.seers(viewer=viewer, area=Area.CONTACTS, assignee_id=contact.assignee_id, linked=linked)
