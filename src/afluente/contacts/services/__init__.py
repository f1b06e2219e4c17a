"""Every change of contacts."""

from afluente.contacts.services.addresses import (
    AddressGoneError,
    AddressRefusedError,
    Kind,
    NewAddress,
    add_address,
    change_address,
    make_primary,
    note_same_emails,
    remove_address,
    replace_addresses,
)
from afluente.contacts.services.creation import (
    EmailValue,
    MessengerValue,
    NewContact,
    PhoneValue,
    create_contacts,
)
from afluente.contacts.services.editing import (
    ChangedMeanwhileError,
    NamelessContactError,
    assign_contact,
    rename_contact,
)
from afluente.contacts.services.identity import (
    Enrichment,
    Identity,
    Match,
    enrich_contacts,
    find_and_hold,
    find_contacts,
    lock_identities,
    note_possible_duplicates,
)
from afluente.contacts.services.indexing import reindex_contacts

__all__ = [
    "AddressGoneError",
    "AddressRefusedError",
    "ChangedMeanwhileError",
    "EmailValue",
    "Enrichment",
    "Identity",
    "Kind",
    "Match",
    "MessengerValue",
    "NamelessContactError",
    "NewAddress",
    "NewContact",
    "PhoneValue",
    "add_address",
    "assign_contact",
    "change_address",
    "create_contacts",
    "enrich_contacts",
    "find_and_hold",
    "find_contacts",
    "lock_identities",
    "make_primary",
    "note_possible_duplicates",
    "note_same_emails",
    "reindex_contacts",
    "remove_address",
    "rename_contact",
    "replace_addresses",
]
