"""Many contacts at once: whoever creates one uses the same statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.contacts.statements import creation, search
from afluente.kernel import text
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent, each

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from afluente.timeline.events import Actor


@dataclass(frozen=True)
class EmailValue:
    """An address as given, and its match key ('' when it cannot be valid)."""

    email: str
    key: str


@dataclass(frozen=True)
class PhoneValue:
    """A number as written, and as E.164 ('' when it cannot be one)."""

    raw: str
    e164: str


@dataclass(frozen=True)
class MessengerValue:
    """A name in a messenger; `external_id` is the messenger's own id of the person, or ''."""

    kind: str
    value: str
    external_id: str = ""


LIMITS = {"first_name": 150, "last_name": 150, "location": 150, "address": 500}


@dataclass(frozen=True)
class NewContact:
    """A contact to be made. The first address of each kind becomes the primary one (crm.md 2.1)."""

    first_name: str = ""
    last_name: str = ""
    emails: Sequence[EmailValue] = ()
    phones: Sequence[PhoneValue] = ()
    messengers: Sequence[MessengerValue] = ()
    source: str = "manual"
    source_ref: int | None = None
    source_name: str = ""
    assignee_id: int | None = None
    utm: Mapping[str, Any] = field(default_factory=dict)
    location: str = ""
    address: str = ""
    created_at: datetime | None = None  # when another system knew them first; else now
    told: Mapping[str, Any] = field(default_factory=dict)  # what the event says besides

    def __post_init__(self) -> None:
        """Whoever brings a person, no line of theirs holds what cannot be seen."""
        for name, limit in LIMITS.items():
            object.__setattr__(self, name, text.clean(getattr(self, name), limit=limit))

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@transaction.atomic
def create_contacts(*, contacts: Sequence[NewContact], by: Actor | Sequence[Actor]) -> list[int]:
    """Create contacts with their addresses, search entries and one event each; ids in order given.

    `by` is one actor for all, or one for each.
    Does not look for existing people: that is `find_contacts`, under `lock_identities`.
    """
    if not contacts:
        return []
    ids = creation.insert_contacts(contacts)
    search.index_contacts(ids)
    timeline.record(
        [
            NewEvent("contact.created", actor, contact_id=contact_id, data=_told(contact, actor))
            for contact_id, contact, actor in zip(ids, contacts, each(by, len(ids)), strict=True)
        ]
    )
    return ids


def _told(contact: NewContact, actor: Actor) -> dict[str, Any]:
    return {
        "name": contact.name,
        "source": contact.source,
        "source_name": contact.source_name,
        # What arrives by itself tells of its deal; who is given one by hand is told of the contact.
        **({"assignee": contact.assignee_id} if contact.assignee_id and actor.kind != "source" else {}),
        **contact.told,
    }
