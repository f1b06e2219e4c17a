"""Every change of deals."""

from afluente.deals.services.adding import Visitor, add_deal
from afluente.deals.services.editing import (
    ChangedMeanwhileError,
    DealIsGoneError,
    assign_deals,
    change_deal,
    delete_deals,
    restore_deals,
)
from afluente.deals.services.holding import StageGoneError
from afluente.deals.services.moving import Moved, move_deals
from afluente.deals.services.opening import NewDeal, open_deals
from afluente.deals.services.people import hand_over, link_contact, make_primary, unlink_contact
from afluente.deals.services.pipelines import (
    LastPipelineError,
    archive_pipeline,
    create_pipeline,
    order_pipelines,
    unarchive_pipeline,
    update_pipeline,
)
from afluente.deals.services.stages import (
    DealsNeedAPlaceError,
    ProtectedStageError,
    StageDraft,
    delete_stage,
    save_stages,
)
from afluente.deals.services.types import make_types, set_type

__all__ = [
    "ChangedMeanwhileError",
    "DealIsGoneError",
    "DealsNeedAPlaceError",
    "LastPipelineError",
    "Moved",
    "NewDeal",
    "ProtectedStageError",
    "StageDraft",
    "StageGoneError",
    "Visitor",
    "add_deal",
    "archive_pipeline",
    "assign_deals",
    "change_deal",
    "create_pipeline",
    "delete_deals",
    "delete_stage",
    "hand_over",
    "link_contact",
    "make_primary",
    "make_types",
    "move_deals",
    "open_deals",
    "order_pipelines",
    "restore_deals",
    "save_stages",
    "set_type",
    "unarchive_pipeline",
    "unlink_contact",
    "update_pipeline",
]
