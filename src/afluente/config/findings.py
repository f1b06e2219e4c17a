"""What a command tells a person: a refusal, or what `afluente doctor` found about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RefusedError(Exception):
    """A command cannot do what was asked; the message says why and what to do."""


class Mark(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One line: how it is, and what mends it."""

    mark: Mark
    text: str
    fix: str = ""


def good(text: str) -> Finding:
    return Finding(Mark.OK, text)


def odd(text: str, fix: str) -> Finding:
    """Works, but somebody should know."""
    return Finding(Mark.WARNING, text, fix)


def bad(text: str, fix: str) -> Finding:
    return Finding(Mark.PROBLEM, text, fix)
