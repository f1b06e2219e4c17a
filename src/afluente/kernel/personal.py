"""What is kept about a person, and how it is taken out (docs/explanation/personal-data.md).

Every slice says in `AppConfig.ready` what its tables hold about a person: `register_holding`. An access
request collects from all of them, an erasure goes through all of them. A table without anything about
people outside the team is declared with `declare_free`, with the reason. A table of which neither is
said fails tests/meta/test_personal.py, so that no new one is forgotten.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from afluente.kernel import personal_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django_stubs_ext import StrOrPromise

SHORTEST = 6  # signs of a word that may be struck out wherever it stands: shorter ones are anybody's
STRUCK = "[…]"


@dataclass(frozen=True)
class Subject:
    """Somebody: their record's number with those of records that became part of it, and the words that
    mean nobody else: the whole name, e-mails, phones, names in messengers.
    """

    ids: tuple[int, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What some tables hold about a person.

    `collect` gives all of it as plain rows, for the person to read. `erase` removes it, or strips what
    must stay of everything personal, and says how many rows there were; `count` says it beforehand.
    `fate` tells people which of both. `struck` are (table, column) pairs of free text in which others
    may have written the person's words: these are struck out.
    """

    slug: str
    label: StrOrPromise
    tables: tuple[str, ...]
    collect: Callable[[Subject], Sequence[Mapping[str, Any]]]
    erase: Callable[[Subject], int]
    fate: StrOrPromise
    struck: tuple[tuple[str, str], ...] = ()
    order: int = 50


_holdings: dict[str, Holding] = {}
_free: dict[str, str] = {}


def register_holding(holding: Holding) -> None:
    """Let access requests and erasures know what a slice keeps. Twice changes nothing."""
    _holdings[holding.slug] = holding


def declare_free(tables: Mapping[str, str]) -> None:
    """Say that tables hold nothing about people outside the team: table → the reason."""
    _free.update(tables)


def holdings() -> list[Holding]:
    """Everything that is kept about people, in the order in which it is erased."""
    return sorted(_holdings.values(), key=lambda one: (one.order, one.slug))


def known_tables() -> set[str]:
    """Tables of which it was said what they hold."""
    return {table for one in _holdings.values() for table in one.tables} | set(_free)


def strike(subject: Subject) -> int:
    """Strike the person's words out of every free text; how many rows had one."""
    plain_words = {word for word in subject.words if len(word) >= SHORTEST}
    # In kept filters and addresses of pages a word stands as addresses write it.
    ways = (str, quote, quote_plus)
    words = sorted({way(word) for word in plain_words for way in ways}, key=len, reverse=True)
    pairs = [pair for one in holdings() for pair in one.struck]
    return sum(personal_statements.strike(table, column, words, STRUCK) for table, column in pairs)


def plain(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a queryset's `values()` as values that JSON can hold."""
    return [{name: _plain(value) for name, value in row.items() if name != "workspace_id"} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value
