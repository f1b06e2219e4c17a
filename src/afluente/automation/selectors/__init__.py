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
from afluente.automation.selectors.pipeline_statistics import Figures, pipeline_figures
from afluente.automation.selectors.publications import Change, Publication, present_in, publication_of
from afluente.automation.selectors.records import catalogue, lacking, load_records
from afluente.automation.selectors.runs import (
    STOOD,
    RuleName,
    Run,
    count_to_decide,
    counted_failures,
    counted_states,
    paused_by_failures,
    rules_to_choose,
    runs_of,
    shown_runs,
    standing_deals,
    standing_steps,
    steps_to_decide,
    waiting_by,
)
from afluente.automation.selectors.saying import Said, said_of
from afluente.automation.selectors.showing import (
    STATES,
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
    "STATES",
    "STOOD",
    "Change",
    "Design",
    "Explained",
    "Figures",
    "Look",
    "Names",
    "Outlook",
    "Param",
    "Publication",
    "RuleCard",
    "RuleName",
    "Run",
    "Said",
    "Shown",
    "absence_out",
    "action_labels",
    "arranged",
    "backtest_rows",
    "card_of",
    "catalogue",
    "count_to_decide",
    "counted_days",
    "counted_failures",
    "counted_rules",
    "counted_states",
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
    "paused_by_failures",
    "pipeline_figures",
    "present_in",
    "publication_of",
    "reason_said",
    "register_label",
    "register_params",
    "rules_to_choose",
    "running_rules",
    "runs_of",
    "said_of",
    "shown_firings",
    "shown_runs",
    "stages_to_try",
    "stages_using_field",
    "standing_deals",
    "standing_steps",
    "statistics_of",
    "steps_of",
    "steps_to_decide",
    "trigger_params",
    "triggers_of",
    "waiting_by",
    "waiting_count",
    "waiting_of",
]
