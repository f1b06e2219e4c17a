"""Pipelines, their stages, and the deals that move through them."""

from afluente.deals.models.bulk import DealBulkEntry
from afluente.deals.models.deals import Deal, DealContact, DealCounter, DealQuerySet, DealType, LostReason
from afluente.deals.models.leads import Conversion
from afluente.deals.models.merging import DealMerge
from afluente.deals.models.pipelines import Pipeline, PipelineQuerySet, Stage
from afluente.deals.models.search import DealSearch
from afluente.deals.models.values import DealValue

__all__ = [
    "Conversion",
    "Deal",
    "DealBulkEntry",
    "DealContact",
    "DealCounter",
    "DealMerge",
    "DealQuerySet",
    "DealSearch",
    "DealType",
    "DealValue",
    "LostReason",
    "Pipeline",
    "PipelineQuerySet",
    "Stage",
]
