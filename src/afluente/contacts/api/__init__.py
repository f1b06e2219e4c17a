"""Contacts and what belongs to them, for other programs (docs/reference/api.md)."""

from ninja import Router

from afluente.contacts.api.arranging import router as arranging_router
from afluente.contacts.api.bulk import router as bulk_router
from afluente.contacts.api.companies import router as companies_router
from afluente.contacts.api.contacts import router as contacts_router
from afluente.contacts.api.duplicates import router as duplicates_router
from afluente.contacts.api.fields import router as fields_router
from afluente.contacts.api.filters import router as filters_router
from afluente.contacts.api.keeping import router as keeping_router
from afluente.contacts.api.mass import router as mass_router
from afluente.contacts.api.parts import router as parts_router
from afluente.contacts.api.tags import router as tags_router

router = Router()
# Before the contacts and the fields: «bulk», «duplicates» and «headings» are no numbers of one.
ROUTERS = (
    bulk_router,
    mass_router,
    duplicates_router,
    filters_router,
    keeping_router,
    contacts_router,
    parts_router,
    arranging_router,
    fields_router,
    tags_router,
    companies_router,
)

for part in ROUTERS:
    router.add_router("", part)
