"""What delivery gives out."""

from afluente.delivery.selectors.messages import (
    REASONS,
    TONES,
    Page,
    deals_offered,
    message_page,
    templates,
    undecided_count,
)
from afluente.delivery.selectors.variables import Reader, Variable, readers_of, variables

__all__ = [
    "REASONS",
    "TONES",
    "Page",
    "Reader",
    "Variable",
    "deals_offered",
    "message_page",
    "readers_of",
    "templates",
    "undecided_count",
    "variables",
]
