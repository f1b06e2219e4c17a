"""Running a statement of this slice in the present workspace."""

from __future__ import annotations

from typing import Any

from django.db import connection

from afluente.kernel.workspace import current_workspace_id


def run(statement: str, **given: Any) -> list[tuple[Any, ...]]:
    """The rows that `statement` gives; none for one that gives nothing. `ws` is the workspace."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ws": current_workspace_id(), **given})
        return cursor.fetchall() if cursor.description else []
