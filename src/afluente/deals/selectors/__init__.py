"""Every read of deals worth a name."""

from afluente.deals.selectors.boards import Board, Column, ColumnPage, board, cards, column_heads, column_page
from afluente.deals.selectors.cards import Card, Person, faces_of
from afluente.deals.selectors.contacts import (
    company_deal_count,
    contacts_of_own_deals,
    deal_count,
    deals_of_company,
    deals_of_contact,
    linked_deal_counts,
    open_deal_counts,
    people_linked_to,
    strips,
    subjects,
)
from afluente.deals.selectors.filtering import BoardFilter
from afluente.deals.selectors.finding import fetch_deals, find_deals, find_pipelines
from afluente.deals.selectors.listing import deal_rows
from afluente.deals.selectors.pages import DealPage, RailStep, deal_page, people_to_add, return_stage
from afluente.deals.selectors.pipelines import (
    PipelineSummary,
    StageRow,
    deal_types,
    default_pipeline,
    field_scopes,
    move_targets,
    pipeline_summaries,
    pipelines_seen,
    stage_rows,
    stages_beside,
)
from afluente.deals.selectors.uses import (
    FilterUse,
    TypeRow,
    deals_of_type,
    filters_about,
    filters_about_field,
    type_rows,
)

__all__ = [
    "Board",
    "BoardFilter",
    "Card",
    "Column",
    "ColumnPage",
    "DealPage",
    "FilterUse",
    "Person",
    "PipelineSummary",
    "RailStep",
    "StageRow",
    "TypeRow",
    "board",
    "cards",
    "column_heads",
    "column_page",
    "company_deal_count",
    "contacts_of_own_deals",
    "deal_count",
    "deal_page",
    "deal_rows",
    "deal_types",
    "deals_of_company",
    "deals_of_contact",
    "deals_of_type",
    "default_pipeline",
    "faces_of",
    "fetch_deals",
    "field_scopes",
    "filters_about",
    "filters_about_field",
    "find_deals",
    "find_pipelines",
    "linked_deal_counts",
    "move_targets",
    "open_deal_counts",
    "people_linked_to",
    "people_to_add",
    "pipeline_summaries",
    "pipelines_seen",
    "return_stage",
    "stage_rows",
    "stages_beside",
    "strips",
    "subjects",
    "type_rows",
]
