"""Deals and pipelines for other programs (docs/reference/api.md)."""

from ninja import Router

from afluente.deals.api.deals import router as deals_router
from afluente.deals.api.leads import router as leads_router
from afluente.deals.api.people import filters_router
from afluente.deals.api.people import router as people_router

router = Router()
# Filters first: the word is no number of a deal.
for part in (filters_router, deals_router, people_router, leads_router):
    router.add_router("", part)
