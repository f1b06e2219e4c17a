"""What the engine knows of a record while it thinks about it: values by name, and what it has decided to change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a field holds, and so how it is compared. Nothing in it is None."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    MOMENT = "moment"
    DAY = "day"
    CHOICE = "choice"
    MANY = "many"
    FLAG = "flag"


Catalogue = Mapping[str, Kind]  # the fields that exist, by name


class UnknownFieldError(LookupError):
    """A field that does not exist, or does not any more."""


@dataclass(frozen=True)
class Money:
    """An amount in one currency; with another one it has nothing in common."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.currency}"


@dataclass
class Record:
    """One record at one moment. `changed` lies over `values`: later rules of a sprint see what earlier ones did
    (S-IMM). Values are of the type that their kind means: str, Decimal, Money, datetime, date, a number or a
    text for a choice, a frozenset of such, bool.
    """

    id: int
    epoch: int
    values: Mapping[str, Any]
    changed: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """The value now; None when it is empty. Raises UnknownFieldError."""
        if name in self.changed:
            return self.changed[name]
        try:
            return self.values[name]
        except KeyError:
            raise UnknownFieldError(name) from None


def plain(value: Any) -> str:
    """A value as a log keeps it."""
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value.normalize():f}"
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat()
        case dt.date():
            return value.isoformat()
        case bool():
            return "yes" if value else "no"
        case frozenset():
            return ",".join(sorted(map(str, value)))
    return str(value)
