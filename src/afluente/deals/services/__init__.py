"""Every change of deals."""

from afluente.deals.services.adding import Visitor, add_deal, find_or_make_contact
from afluente.deals.services.bulk import change_deals
from afluente.deals.services.companies import set_company
from afluente.deals.services.converting import (
    BadTargetError,
    NotALeadError,
    NotConvertedError,
    Wish,
    convert_lead,
    undo_conversion,
)
from afluente.deals.services.copying import copy_deal
from afluente.deals.services.due import REMINDERS, BadReminderError, Due, due_of, due_on, set_due
from afluente.deals.services.editing import (
    ChangedMeanwhileError,
    DealIsGoneError,
    assign_deals,
    change_deal,
    delete_deals,
    restore_deals,
)
from afluente.deals.services.giving import (
    give_each,
    held_of,
    places_of,
    put_back,
    take_back_each,
    words_of_key,
)
from afluente.deals.services.holding import StageGoneError
from afluente.deals.services.losing import (
    ReasonTakenError,
    archive_reason,
    create_reason,
    delete_reason,
    make_reasons,
    order_reasons,
    rename_reason,
)
from afluente.deals.services.moving import MissingError, Moved, MovedMeanwhileError, move_deals
from afluente.deals.services.opening import NewDeal, open_deals
from afluente.deals.services.people import (
    hand_over,
    link_contact,
    link_contacts,
    make_primary,
    unlink_contact,
)
from afluente.deals.services.pipelines import (
    DealsNeedAPlaceError,
    ForeignStageError,
    LastPipelineError,
    StagesMoveError,
    archive_pipeline,
    create_pipeline,
    delete_pipeline,
    order_pipelines,
    unarchive_pipeline,
    update_pipeline,
)
from afluente.deals.services.reminding import DUE, tell_due
from afluente.deals.services.restarting import restart_stage
from afluente.deals.services.setting import change_each, set_fields
from afluente.deals.services.stages import (
    BadRuleError,
    ProtectedStageError,
    StageDraft,
    change_stage,
    delete_stage,
    save_stages,
)
from afluente.deals.services.telling import ASSIGNED, OPENED, followers_of_deals, tell_of_deals
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
from afluente.deals.services.values import change_value, fill_values

__all__ = [
    "ASSIGNED",
    "DUE",
    "OPENED",
    "REMINDERS",
    "BadReminderError",
    "BadRuleError",
    "BadTargetError",
    "ChangedMeanwhileError",
    "DealIsGoneError",
    "DealsNeedAPlaceError",
    "Due",
    "ForeignStageError",
    "LastPipelineError",
    "MissingError",
    "Moved",
    "MovedMeanwhileError",
    "NewDeal",
    "NotALeadError",
    "NotConvertedError",
    "ProtectedStageError",
    "ReasonTakenError",
    "StageDraft",
    "StageGoneError",
    "StagesMoveError",
    "TypeInUseError",
    "TypeNameTakenError",
    "Visitor",
    "Wish",
    "add_deal",
    "archive_pipeline",
    "archive_reason",
    "archive_type",
    "assign_deals",
    "change_deal",
    "change_deals",
    "change_each",
    "change_stage",
    "change_value",
    "convert_lead",
    "copy_deal",
    "create_pipeline",
    "create_reason",
    "create_type",
    "delete_deals",
    "delete_pipeline",
    "delete_reason",
    "delete_stage",
    "delete_type",
    "due_of",
    "due_on",
    "fill_values",
    "find_or_make_contact",
    "followers_of_deals",
    "give_each",
    "hand_over",
    "held_of",
    "link_contact",
    "link_contacts",
    "make_primary",
    "make_reasons",
    "make_types",
    "move_deals",
    "open_deals",
    "order_pipelines",
    "order_reasons",
    "order_types",
    "places_of",
    "put_back",
    "rename_reason",
    "rename_type",
    "restart_stage",
    "restore_deals",
    "save_stages",
    "set_company",
    "set_due",
    "set_fields",
    "set_type",
    "take_back_each",
    "tell_due",
    "tell_of_deals",
    "unarchive_pipeline",
    "undo_conversion",
    "unlink_contact",
    "update_pipeline",
    "words_of_key",
]
