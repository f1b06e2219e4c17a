"""Reading on from a row in an ordered list, wherever the list is sorted by two columns."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Func, Value


class BadCursorError(ValueError):
    """What was sent as a cursor was given out by no list of this kind."""


def number_in(cursor: str) -> int | None:
    """The number that a cursor of one number names; None at the beginning. Raises BadCursorError."""
    return numbers_in(cursor, 1)[0] if cursor else None


def numbers_in(cursor: str, count: int) -> list[int]:
    """The `count` numbers of a cursor, parted by hyphens. Raises BadCursorError."""
    parts = cursor.split("-")
    if len(parts) != count or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise BadCursorError(cursor[:100])
    return [int(part) for part in parts]


class Beyond(Func):
    """`(first, second) > (values)`, or `<`: rows after the one a page ended with.

    A row comparison is one position in an index; the same said with AND and OR makes the database
    pass over every row that shares the first value.
    """

    output_field = BooleanField()

    def __init__(
        self, columns: tuple[str, str], values: tuple[Any, Any], *, descending: bool = False
    ) -> None:
        super().__init__(*(F(name) for name in columns), *(Value(value) for value in values))
        self.sign = "<" if descending else ">"

    def as_sql(self, compiler: Any, _connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        first, second, third, fourth = (sql for sql, _ in parts)
        parameters = [parameter for _, given in parts for parameter in given]
        return f"({first}, {second}) {self.sign} ({third}, {fourth})", parameters
