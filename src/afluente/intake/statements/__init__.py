"""Set statements of the door."""

from afluente.intake.statements.events import (
    ClaimedEvent,
    claim,
    due_workspaces,
    finish,
    insert_events,
    postpone,
    repeats,
)
from afluente.intake.statements.rules import (
    assignees_of,
    lock_turn,
    open_deals_of_rules,
    rule_members,
    save_turns,
)

__all__ = [
    "ClaimedEvent",
    "assignees_of",
    "claim",
    "due_workspaces",
    "finish",
    "insert_events",
    "lock_turn",
    "open_deals_of_rules",
    "postpone",
    "repeats",
    "rule_members",
    "save_turns",
]
