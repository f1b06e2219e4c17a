"""People we talk to, their companies, and what a workspace notes about them."""

from afluente.contacts.models.bulk import BulkChange, BulkEntry, CompanyBulkEntry
from afluente.contacts.models.companies import Company, CompanyContact, CompanyQuerySet
from afluente.contacts.models.duplicates import DuplicateDue, DuplicateKey, PossibleDuplicate
from afluente.contacts.models.fields import (
    EVERY,
    CompanyValue,
    ContactValue,
    Field,
    FieldOption,
    FieldTab,
    FieldValue,
    register_values,
    value_model,
)
from afluente.contacts.models.merging import ContactMerge, MergeMove, MergeRun, Policy
from afluente.contacts.models.people import (
    Contact,
    ContactEmail,
    ContactMessenger,
    ContactPhone,
    ContactQuerySet,
    ContactSearch,
)
from afluente.contacts.models.saved import ListSetting, SavedFilter
from afluente.contacts.models.settings import ContactSettings
from afluente.contacts.models.tags import ContactTag, Tag
from afluente.contacts.models.words import ContactWord

__all__ = [
    "EVERY",
    "BulkChange",
    "BulkEntry",
    "Company",
    "CompanyBulkEntry",
    "CompanyContact",
    "CompanyQuerySet",
    "CompanyValue",
    "Contact",
    "ContactEmail",
    "ContactMerge",
    "ContactMessenger",
    "ContactPhone",
    "ContactQuerySet",
    "ContactSearch",
    "ContactSettings",
    "ContactTag",
    "ContactValue",
    "ContactWord",
    "DuplicateDue",
    "DuplicateKey",
    "Field",
    "FieldOption",
    "FieldTab",
    "FieldValue",
    "ListSetting",
    "MergeMove",
    "MergeRun",
    "Policy",
    "PossibleDuplicate",
    "SavedFilter",
    "Tag",
    "register_values",
    "value_model",
]
