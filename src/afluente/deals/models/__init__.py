"""Pipelines, their stages, and the deals that move through them."""

from afluente.deals.models.deals import Deal, DealContact, DealCounter, DealQuerySet, DealType
from afluente.deals.models.pipelines import Pipeline, PipelineQuerySet, Stage

__all__ = [
    "Deal",
    "DealContact",
    "DealCounter",
    "DealQuerySet",
    "DealType",
    "Pipeline",
    "PipelineQuerySet",
    "Stage",
]
