"""What one condition of a filter comes to: a question to the tables, and to the search index.

The question to the tables says exactly what is meant. The one to the index (`token`, a tsquery as in
ADR 0050) holds for everybody who fits, so that it may narrow before the tables are asked; where it
says the same (`is_exact`), the tables need not be asked at all.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, Func, Q, TextField, Value
from django.db.models.lookups import Contains, Exact, StartsWith
from django.utils import timezone
from django.utils.translation import gettext as _

from afluente.contacts.selectors import contained, searching
from afluente.kernel import text

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from afluente.accounts.models import Membership

EMPTY, FILLED = "empty", "filled"
MOST_DAYS = 36_500
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


class BrokenError(ValueError):
    """A condition that cannot be asked any more; the text says why, to a person."""


@dataclass(frozen=True)
class Answer:
    """The question a condition stands for; see the module. An empty `token` narrows nothing.

    `is_column`: asks an indexed column of the contact, so that a list in its own order is quickest.
    `rows`, where there is one: the rows of another table, found by an index of their own, whose contacts
    are those who fit. When they are few, the list begins with them. `scanned`: such rows that no index
    finds; the list begins with them when its next contacts do not fill a page.
    """

    q: Q
    token: str = ""
    is_exact: bool = False
    is_column: bool = False
    rows: QuerySet[Any] | None = None
    scanned: QuerySet[Any] | None = None

    def __invert__(self) -> Answer:
        token = f"!({self.token})" if self.is_exact else ""
        return Answer(~self.q, token, self.is_exact)


@dataclass(frozen=True)
class Asker:
    """Who asks, and what they wrote."""

    member: Membership
    op: str
    values: Sequence[str]

    @property
    def value(self) -> str:
        """The one value, or the first of two. Raises BrokenError when there is none, or one too many."""
        if not self.values or not self.values[0].strip():
            raise BrokenError(_("A value is missing."))
        if len(self.values) > (2 if self.op == "between" else 1):
            raise BrokenError(_("Write one value; a comma in it is written %2C in an address."))
        if self.op == "between" and len(self.values) < 2:
            raise BrokenError(_("Write both: from what, and up to what."))
        return self.values[0]

    @property
    def ids(self) -> list[int]:
        """Numbers of records. Raises BrokenError."""
        found = [
            int(value) for value in self.values if value.isascii() and value.isdigit() and len(value) < 19
        ]
        if not found or len(found) < len(self.values):
            raise BrokenError(_("A value is missing."))
        return found

    def among(self, known: Container[str]) -> list[str]:
        """The values, each of which must be `known`. Raises BrokenError."""
        if not self.values:
            raise BrokenError(_("A value is missing."))
        for value in self.values:
            if value not in known:
                raise BrokenError(_("There is no “{value}” to choose.").format(value=value[:60]))
        return list(self.values)


def lexeme(said: str) -> str:
    """One lexeme of the index."""
    return searching.exact(said)


def any_of(lexemes: Sequence[str]) -> str:
    return "(" + " | ".join(map(lexeme, lexemes)) + ")"


def starting(sign: str, typed: str) -> str:
    """The words of `typed` after `sign`, the last one as a beginning; empty when there is no word."""
    words = searching.words_of(typed)
    if not words:
        return ""
    *whole, last = (sign + word[: searching.LONGEST] for word in words)
    return " & ".join([*map(lexeme, whole), f"{lexeme(last)}:*"])


def containing(sign: str, typed: str) -> str:
    """Everybody in whose words after `sign` the text stands, also inside a word (ADR 0145).

    Holds for more than those where it ends one word and begins another. Empty when it does not narrow.
    """
    words = searching.words_of(typed)
    if not words:
        return ""
    first, *more = words
    known = contained.words_with(sign, first, at_end=bool(more))
    begins = f"{lexeme(sign + first[: searching.LONGEST])}{'' if more else ':*'}"
    if known is None:
        return starting(sign, " ".join(more)) if more else ""
    inside = [lexeme(sign + word) for word in dict.fromkeys(word[: searching.LONGEST] for word in known)]
    found = "(" + " | ".join([begins, *inside]) + ")"
    return f"{found} & {starting(sign, ' '.join(more))}" if more else found


def part(said: str) -> str:
    """Where a part of an address begins so, as a pattern: there are too many to look inside (ADR 0145)."""
    return ("(^|[^[:alnum:]])" if said[:1].isalnum() else "") + re.escape(said)


def folded(column: str | Combinable) -> Func:
    """A column without accents and case."""
    return Func(
        F(column) if isinstance(column, str) else column, function="af_norm", output_field=TextField()
    )


def text_question(column: str, asker: Asker, *, sign: str = "", folded_with: str = "") -> Answer:
    """A text of the contact itself: is, contains, starts, and their opposites.

    `sign` stands before its words in the index, when it is there. `folded_with` is a column that holds it folded, among
    more: it is looked at first.
    """
    if asker.op in {EMPTY, FILLED}:
        filled = Answer(~Q(**{column: ""}))
        return ~filled if asker.op == EMPTY else filled
    said = text.norm(text.clean(asker.value, limit=200))
    if not said:
        raise BrokenError(_("A value is missing."))
    value = Value(said, output_field=CharField())
    if asker.op in {"is", "is_not"}:
        found = Answer(Q(Exact(folded(column), value)), starting(sign, said) if sign else "")
    elif asker.op == "starts":
        found = Answer(Q(StartsWith(folded(column), value)), starting(sign, said) if sign else "")
    else:
        among = Q(**{f"{folded_with}__contains": said}) if folded_with else Q()
        is_there = among & Q(Contains(folded(column), value))
        found = Answer(is_there, containing(sign, said) if sign and asker.op == "contains" else "")
    return ~Answer(found.q) if asker.op in {"is_not", "not_contains"} else found


def moment_question(column: str, asker: Asker, *, earlier: str = "") -> Answer:
    """A moment: on, before, after a day, between two, in the last days, longer ago than days.

    `earlier` is a column that is never later: what ends before a moment has begun before it, so that a
    list in the order of beginnings need not be read from its newest end.
    """
    if asker.op in {EMPTY, FILLED}:
        return Answer(Q(**{f"{column}__isnull": asker.op == EMPTY}))
    if asker.op in {"last", "older"}:
        since = timezone.now() - dt.timedelta(days=_days(asker.value))
        if asker.op == "last":
            # A date of one's own may lie ahead; what is to come today still counts.
            ahead = _until(_next_day(timezone.now()), column)
            return Answer(Q(**{f"{column}__gte": since}) & ahead, is_column=True)
        return Answer(_until(since, column, earlier), is_column=True)
    first = _day(asker.value)
    if asker.op == "before":
        return Answer(_until(first, column, earlier), is_column=True)
    if asker.op == "after":
        return Answer(Q(**{f"{column}__gte": _next_day(first)}), is_column=True)
    last = _day(asker.values[-1]) if asker.op == "between" else first
    within = Q(**{f"{column}__gte": first}) & _until(_next_day(last), column, earlier)
    return Answer(within, is_column=True)


def _until(moment: dt.datetime, *columns: str) -> Q:
    return Q(**{f"{column}__lt": moment for column in columns if column})


def _days(said: str) -> int:
    if not (said.isascii() and said.isdigit() and 0 < int(said) <= MOST_DAYS):
        raise BrokenError(_("Write a number of days from 1 to 36,500."))
    return int(said)


def _day(said: str) -> dt.datetime:
    """Midnight of a day in the person's time zone."""
    found = _DATE.fullmatch(said)
    try:
        day = dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        raise BrokenError(_("Write a date such as 2026-11-21."))
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _next_day(moment: dt.datetime) -> dt.datetime:
    local = timezone.localtime(moment).date() + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(local, dt.time.min))
