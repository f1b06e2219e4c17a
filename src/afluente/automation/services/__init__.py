"""Every change of automation."""

from afluente.automation.selectors.trigger_kinds import TriggerKind, register_trigger, trigger_kinds
from afluente.automation.services.actions import Known, register_action
from afluente.automation.services.actions.telling import NOTICE
from afluente.automation.services.answering import STRANGE, name_of, read_answer, take_answer
from afluente.automation.services.backtests import (
    MOST_DAYS,
    begin_backtest,
    fail_backtest,
    prepare_backtest,
    run_backtest,
    words_of,
)
from afluente.automation.services.breaking import BROKEN
from afluente.automation.services.bringing import (
    BadFileError,
    Brought,
    UnknownNamesError,
    bring_in,
    read_file,
    unknown_names,
)
from afluente.automation.services.calling import NOT_FOUND, Answer, register_finder, take_call
from afluente.automation.services.carrying import carry_over
from afluente.automation.services.checking import NotPublishableError
from afluente.automation.services.circling import possible_circles
from afluente.automation.services.deciding import (
    confirm_steps,
    give_up_steps,
    pass_over_steps,
    retry_steps,
)
from afluente.automation.services.defining import arrange_rules, pause_rules, resume_rules, stop_rules
from afluente.automation.services.designing import (
    PipelineNotPublishableError,
    copy_rule,
    discard_rules,
    drop_rule,
    insert_rule,
    move_rule,
    publish_pipeline,
    put_rule,
    switch_rule,
)
from afluente.automation.services.entering import enter, leave
from afluente.automation.services.freezing import FROZEN, freeze_busy, unfreeze
from afluente.automation.services.hearing import hear, hear_of
from afluente.automation.services.hours import (
    add_absence,
    delete_absence,
    delete_holiday,
    save_company_week,
    save_holiday,
    save_person_hours,
)
from afluente.automation.services.portable import Named, file_of
from afluente.automation.services.publishing import (
    Waiting,
    begin_for_present,
    begin_rules,
    publish_rules,
)
from afluente.automation.services.rehearsing import Rehearsed, rehearse
from afluente.automation.services.replanning import replan
from afluente.automation.services.routing import route
from afluente.automation.services.running import run_due
from afluente.automation.services.settling import Outcome, outcome_of, postpone, settle
from afluente.automation.services.simulating import Looked, dry_run
from afluente.automation.services.steering import (
    StepGoneError,
    continue_steps,
    restart_rules,
    run_step,
    skip_step,
    stop_steps,
)
from afluente.automation.services.triggers import (
    address_of,
    change_trigger,
    create_trigger,
    delete_trigger,
    order_triggers,
    restore_trigger,
    rotate_address,
)

__all__ = [
    "BROKEN",
    "FROZEN",
    "MOST_DAYS",
    "NOTICE",
    "NOT_FOUND",
    "STRANGE",
    "Answer",
    "BadFileError",
    "Brought",
    "Known",
    "Looked",
    "Named",
    "NotPublishableError",
    "Outcome",
    "PipelineNotPublishableError",
    "Rehearsed",
    "StepGoneError",
    "TriggerKind",
    "UnknownNamesError",
    "Waiting",
    "add_absence",
    "address_of",
    "arrange_rules",
    "begin_backtest",
    "begin_for_present",
    "begin_rules",
    "bring_in",
    "carry_over",
    "change_trigger",
    "confirm_steps",
    "continue_steps",
    "copy_rule",
    "create_trigger",
    "delete_absence",
    "delete_holiday",
    "delete_trigger",
    "discard_rules",
    "drop_rule",
    "dry_run",
    "enter",
    "fail_backtest",
    "file_of",
    "freeze_busy",
    "give_up_steps",
    "hear",
    "hear_of",
    "insert_rule",
    "leave",
    "move_rule",
    "name_of",
    "order_triggers",
    "outcome_of",
    "pass_over_steps",
    "pause_rules",
    "possible_circles",
    "postpone",
    "prepare_backtest",
    "publish_pipeline",
    "publish_rules",
    "put_rule",
    "read_answer",
    "read_file",
    "register_action",
    "register_finder",
    "register_trigger",
    "rehearse",
    "replan",
    "restart_rules",
    "restore_trigger",
    "resume_rules",
    "retry_steps",
    "rotate_address",
    "route",
    "run_backtest",
    "run_due",
    "run_step",
    "save_company_week",
    "save_holiday",
    "save_person_hours",
    "settle",
    "skip_step",
    "stop_rules",
    "stop_steps",
    "switch_rule",
    "take_answer",
    "take_call",
    "trigger_kinds",
    "unfreeze",
    "unknown_names",
    "words_of",
]
