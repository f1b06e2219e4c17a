"""Looking for a text in a body as it arrived: bytes, which need not be valid text."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Func


class Contains(Func):
    """Whether the bytes of the first expression hold those of the second."""

    output_field = BooleanField()
    conditional = True

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> Any:
        body, needle = self.get_source_expressions()
        body_sql, body_values = compiler.compile(body)
        needle_sql, needle_values = compiler.compile(needle)
        sql = f"position({needle_sql}::bytea in {body_sql}) > 0"
        return sql, [*needle_values, *body_values]
