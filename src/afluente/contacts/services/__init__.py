"""Every change of contacts."""

from afluente.contacts.services.creation import (
    EmailValue,
    MessengerValue,
    NewContact,
    PhoneValue,
    create_contacts,
)
from afluente.contacts.services.identity import (
    Enrichment,
    Identity,
    Match,
    enrich_contacts,
    find_contacts,
    lock_identities,
    note_possible_duplicates,
)

__all__ = [
    "EmailValue",
    "Enrichment",
    "Identity",
    "Match",
    "MessengerValue",
    "NewContact",
    "PhoneValue",
    "create_contacts",
    "enrich_contacts",
    "find_contacts",
    "lock_identities",
    "note_possible_duplicates",
]
