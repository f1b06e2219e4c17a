"""Set statements of the door."""

from afluente.intake.statements.events import (
    ClaimedEvent,
    claim,
    claim_one,
    due_workspaces,
    finish,
    insert_events,
    postpone,
    repeats,
)
from afluente.intake.statements.keys import hold_key, keep_answer, keyed_answer
from afluente.intake.statements.rules import (
    assignees_of,
    lock_turns,
    open_deals_of_rules,
    rule_members,
    save_turns,
)

__all__ = [
    "ClaimedEvent",
    "assignees_of",
    "claim",
    "claim_one",
    "due_workspaces",
    "finish",
    "hold_key",
    "insert_events",
    "keep_answer",
    "keyed_answer",
    "lock_turns",
    "open_deals_of_rules",
    "postpone",
    "repeats",
    "rule_members",
    "save_turns",
]
