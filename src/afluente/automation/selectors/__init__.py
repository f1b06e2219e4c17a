"""What is read about rules and of the records they act on."""

from afluente.automation.selectors.records import catalogue, load_records
from afluente.automation.selectors.showing import (
    Shown,
    definition_of,
    shown_steps,
    steps_of,
    waiting_count,
    waiting_of,
)

__all__ = [
    "Shown",
    "catalogue",
    "definition_of",
    "load_records",
    "shown_steps",
    "steps_of",
    "waiting_count",
    "waiting_of",
]
