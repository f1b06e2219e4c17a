"""Definitions, what waits and what ended, and what moves deals by itself."""

from afluente.automation.models.rules import LOOKED_AT, SHARDS, Definition, Step, Token, Version, Waiting
from afluente.automation.models.triggers import Firing, Frozen, Heard, Trigger

__all__ = [
    "LOOKED_AT",
    "SHARDS",
    "Definition",
    "Firing",
    "Frozen",
    "Heard",
    "Step",
    "Token",
    "Trigger",
    "Version",
    "Waiting",
]
