"""What delivery gives out."""

from afluente.delivery.selectors.audiences import Crowd, crowd, crowds
from afluente.delivery.selectors.consents import Standing, agreeing, standings, words
from afluente.delivery.selectors.messages import (
    REASONS,
    TONES,
    Page,
    deals_offered,
    message_page,
    templates,
    undecided_count,
    written_since,
)
from afluente.delivery.selectors.suppressions import SuppressionPage, suppression_page
from afluente.delivery.selectors.traces import Seen, traces_of
from afluente.delivery.selectors.variables import Reader, Variable, main_people, readers_of, variables
from afluente.delivery.selectors.webhooks import (
    CALL_REASONS,
    CALL_TONES,
    attempts_of,
    call_page,
    endpoints,
    event_groups,
    offered,
)

__all__ = [
    "CALL_REASONS",
    "CALL_TONES",
    "REASONS",
    "TONES",
    "Crowd",
    "Page",
    "Reader",
    "Seen",
    "Standing",
    "SuppressionPage",
    "Variable",
    "agreeing",
    "attempts_of",
    "call_page",
    "crowd",
    "crowds",
    "deals_offered",
    "endpoints",
    "event_groups",
    "main_people",
    "message_page",
    "offered",
    "readers_of",
    "standings",
    "suppression_page",
    "templates",
    "traces_of",
    "undecided_count",
    "variables",
    "words",
    "written_since",
]
