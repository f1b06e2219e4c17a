"""Every read of contacts worth a name."""

from afluente.contacts.selectors.card import Address, Card, contact_card, tabs
from afluente.contacts.selectors.export import api_contacts, api_page
from afluente.contacts.selectors.listing import Filter, Page, Row, contact_page, filtered
from afluente.contacts.selectors.searching import NOBODY, find_ids, search_contacts

__all__ = [
    "NOBODY",
    "Address",
    "Card",
    "Filter",
    "Page",
    "Row",
    "api_contacts",
    "api_page",
    "contact_card",
    "contact_page",
    "filtered",
    "find_ids",
    "search_contacts",
    "tabs",
]
