"""Deals and pipelines for other programs (docs/reference/api.md)."""

from ninja import Router

from afluente.deals.api.closing import router as closing_router
from afluente.deals.api.deals import router as deals_router
from afluente.deals.api.leads import router as leads_router
from afluente.deals.api.mass import router as mass_router
from afluente.deals.api.merges import router as merges_router
from afluente.deals.api.people import filters_router
from afluente.deals.api.people import router as people_router
from afluente.deals.api.pipelines import router as pipelines_router
from afluente.deals.api.words import router as words_router

router = Router()
# Filters first: the word is no number of a deal.
for part in (
    filters_router,
    mass_router,
    deals_router,
    people_router,
    closing_router,
    leads_router,
    merges_router,
    pipelines_router,
    words_router,
):
    router.add_router("", part)
