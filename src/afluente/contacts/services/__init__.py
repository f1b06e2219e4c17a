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
from afluente.contacts.services.fields import (
    FieldRefusedError,
    change_field,
    create_field,
    delete_field,
    order_fields,
    set_field_state,
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
from afluente.contacts.services.options import OptionDraft, delete_tab, save_options, save_tab
from afluente.contacts.services.places import PARTS, change_place
from afluente.contacts.services.reading import ValueRefusedError, read_value
from afluente.contacts.services.undoing import undo_changes
from afluente.contacts.services.values import (
    FieldGoneError,
    ValueChange,
    change_data,
    change_value,
    check_required,
    fill_values,
    replace_values,
    set_values,
)

__all__ = [
    "PARTS",
    "AddressGoneError",
    "AddressRefusedError",
    "ChangedMeanwhileError",
    "EmailValue",
    "Enrichment",
    "FieldGoneError",
    "FieldRefusedError",
    "Identity",
    "Kind",
    "Match",
    "MessengerValue",
    "NamelessContactError",
    "NewAddress",
    "NewContact",
    "OptionDraft",
    "PhoneValue",
    "ValueChange",
    "ValueRefusedError",
    "add_address",
    "assign_contact",
    "change_address",
    "change_data",
    "change_field",
    "change_place",
    "change_value",
    "check_required",
    "create_contacts",
    "create_field",
    "delete_field",
    "delete_tab",
    "enrich_contacts",
    "fill_values",
    "find_and_hold",
    "find_contacts",
    "lock_identities",
    "make_primary",
    "note_possible_duplicates",
    "note_same_emails",
    "order_fields",
    "read_value",
    "reindex_contacts",
    "remove_address",
    "rename_contact",
    "replace_addresses",
    "replace_values",
    "save_options",
    "save_tab",
    "set_field_state",
    "set_values",
    "undo_changes",
]
