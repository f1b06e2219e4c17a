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
from afluente.deals.services.telling import ASSIGNED, OPENED, tell_of_deals
from afluente.deals.services.types import (
    TypeInUseError,
    TypeNameTakenError,
    archive_type,
    create_type,
    delete_type,
    make_types,
    order_types,
    rename_type,
    set_type,
)

__all__ = [
    "ASSIGNED",
    "OPENED",
    "ChangedMeanwhileError",
    "DealIsGoneError",
    "DealsNeedAPlaceError",
    "LastPipelineError",
    "Moved",
    "NewDeal",
    "ProtectedStageError",
    "StageDraft",
    "StageGoneError",
    "TypeInUseError",
    "TypeNameTakenError",
    "Visitor",
    "add_deal",
    "archive_pipeline",
    "archive_type",
    "assign_deals",
    "change_deal",
    "create_pipeline",
    "create_type",
    "delete_deals",
    "delete_stage",
    "delete_type",
    "hand_over",
    "link_contact",
    "make_primary",
    "make_types",
    "move_deals",
    "open_deals",
    "order_pipelines",
    "order_types",
    "rename_type",
    "restore_deals",
    "save_stages",
    "set_type",
    "tell_of_deals",
    "unarchive_pipeline",
    "unlink_contact",
    "update_pipeline",
]
