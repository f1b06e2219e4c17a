"""Definitions, what waits and what ended, and what moves deals by itself."""

from afluente.automation.models.backtests import Backtest, BacktestRow
from afluente.automation.models.hours import Absence, CompanyHours, Holiday, PersonHours, Turn
from afluente.automation.models.rules import LOOKED_AT, SHARDS, Definition, Step, Token, Version, Waiting
from afluente.automation.models.triggers import Firing, Frozen, Heard, Trigger

__all__ = [
    "LOOKED_AT",
    "SHARDS",
    "Absence",
    "Backtest",
    "BacktestRow",
    "CompanyHours",
    "Definition",
    "Firing",
    "Frozen",
    "Heard",
    "Holiday",
    "PersonHours",
    "Step",
    "Token",
    "Trigger",
    "Turn",
    "Version",
    "Waiting",
]
