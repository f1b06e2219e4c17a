"""Every change that comes through the door."""

from afluente.intake.services.accepting import Arrival, Receipt, accept_many
from afluente.intake.services.naming import BadTemplateError, deal_name
from afluente.intake.services.notes import Note, sentence
from afluente.intake.services.parsing import CONSENTS, TARGETS, UnreadableBodyError, parse_body, read_lead
from afluente.intake.services.paths import guess_mapping, paths_of
from afluente.intake.services.replaying import replay_events
from afluente.intake.services.sources import (
    BadMappingError,
    change_source,
    create_source,
    delete_source,
    hook_url,
    rotate_secret,
    save_rule,
    set_mapping,
    set_signing,
)
from afluente.intake.services.taking import BATCH, apply_waiting

__all__ = [
    "BATCH",
    "CONSENTS",
    "TARGETS",
    "Arrival",
    "BadMappingError",
    "BadTemplateError",
    "Note",
    "Receipt",
    "UnreadableBodyError",
    "accept_many",
    "apply_waiting",
    "change_source",
    "create_source",
    "deal_name",
    "delete_source",
    "guess_mapping",
    "hook_url",
    "parse_body",
    "paths_of",
    "read_lead",
    "replay_events",
    "rotate_secret",
    "save_rule",
    "sentence",
    "set_mapping",
    "set_signing",
]
