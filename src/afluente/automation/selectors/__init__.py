"""What is read about rules and of the records they act on."""

from afluente.automation.selectors.explaining import Explained, explain
from afluente.automation.selectors.hours import absence_out, kept_hours
from afluente.automation.selectors.publications import Change, Publication, present_in, publication_of
from afluente.automation.selectors.records import catalogue, lacking, load_records
from afluente.automation.selectors.showing import (
    Shown,
    action_labels,
    definition_of,
    reason_said,
    register_label,
    shown_steps,
    steps_of,
    waiting_count,
    waiting_of,
)
from afluente.automation.selectors.statistics import statistics_of
from afluente.automation.selectors.triggers import firings_of, is_frozen, triggers_of

__all__ = [
    "Change",
    "Explained",
    "Publication",
    "Shown",
    "absence_out",
    "action_labels",
    "catalogue",
    "definition_of",
    "explain",
    "firings_of",
    "is_frozen",
    "kept_hours",
    "lacking",
    "load_records",
    "present_in",
    "publication_of",
    "reason_said",
    "register_label",
    "shown_steps",
    "statistics_of",
    "steps_of",
    "triggers_of",
    "waiting_count",
    "waiting_of",
]
