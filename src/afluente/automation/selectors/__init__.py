"""What is read about rules and of the records they act on."""

from afluente.automation.selectors.backtests import (
    backtest_rows,
    counted_days,
    counted_rules,
    latest_backtest,
)
from afluente.automation.selectors.designing import (
    Design,
    RuleCard,
    arranged,
    card_of,
    design_of,
    is_changed,
    running_rules,
)
from afluente.automation.selectors.explaining import Explained, explain
from afluente.automation.selectors.hours import absence_out, kept_hours
from afluente.automation.selectors.looking_ahead import Outlook, look_ahead, stages_to_try
from afluente.automation.selectors.looking_back import Look, look_back
from afluente.automation.selectors.naming import Names, names_now
from afluente.automation.selectors.params import Param, params_of, register_params, trigger_params
from afluente.automation.selectors.publications import Change, Publication, present_in, publication_of
from afluente.automation.selectors.records import catalogue, lacking, load_records
from afluente.automation.selectors.showing import (
    Shown,
    action_labels,
    definition_of,
    reason_said,
    register_label,
    shown_firings,
    steps_of,
    waiting_count,
    waiting_of,
)
from afluente.automation.selectors.statistics import statistics_of
from afluente.automation.selectors.triggers import firings_of, is_frozen, triggers_of
from afluente.automation.selectors.uses import stages_using_field

__all__ = [
    "Change",
    "Design",
    "Explained",
    "Look",
    "Names",
    "Outlook",
    "Param",
    "Publication",
    "RuleCard",
    "Shown",
    "absence_out",
    "action_labels",
    "arranged",
    "backtest_rows",
    "card_of",
    "catalogue",
    "counted_days",
    "counted_rules",
    "definition_of",
    "design_of",
    "explain",
    "firings_of",
    "is_changed",
    "is_frozen",
    "kept_hours",
    "lacking",
    "latest_backtest",
    "load_records",
    "look_ahead",
    "look_back",
    "names_now",
    "params_of",
    "present_in",
    "publication_of",
    "reason_said",
    "register_label",
    "register_params",
    "running_rules",
    "shown_firings",
    "stages_to_try",
    "stages_using_field",
    "statistics_of",
    "steps_of",
    "trigger_params",
    "triggers_of",
    "waiting_count",
    "waiting_of",
]
