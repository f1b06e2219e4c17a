"""Contacts and what belongs to them, for other programs (docs/reference/api.md)."""

from ninja import Router

from afluente.contacts.api.bulk import router as bulk_router
from afluente.contacts.api.companies import router as companies_router
from afluente.contacts.api.contacts import router as contacts_router
from afluente.contacts.api.duplicates import router as duplicates_router
from afluente.contacts.api.fields import router as fields_router
from afluente.contacts.api.parts import router as parts_router
from afluente.contacts.api.tags import router as tags_router

router = Router()
# Before the contacts: «bulk», «duplicates» and «merges» are no numbers of one.
ROUTERS = (
    bulk_router,
    duplicates_router,
    contacts_router,
    parts_router,
    fields_router,
    tags_router,
    companies_router,
)

for part in ROUTERS:
    router.add_router("", part)
