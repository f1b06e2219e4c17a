"""SQL that pages opened all day run as it stands, instead of having it built anew each time."""

from __future__ import annotations

from typing import Any

from django.db import connection

from afluente.files.models import File
from afluente.kernel.workspace import current_workspace_id

_FILE = [field.attname for field in File._meta.concrete_fields]
ATTACHED = f"""
SELECT {", ".join(f"f.{name}" for name in _FILE)},
       (SELECT count(*) FROM files_attachment AS use WHERE use.workspace_id = f.workspace_id AND use.file_id = f.id),
       u.name
  FROM files_attachment AS a
  JOIN files_file AS f ON f.id = a.file_id AND f.workspace_id = a.workspace_id
  LEFT JOIN accounts_membership AS m ON m.id = f.uploaded_by_id
  LEFT JOIN accounts_user AS u ON u.id = m.user_id
 WHERE a.workspace_id = %(ws)s AND a.kind = %(kind)s AND a.entity_id = %(entity)s AND f.state = 'ready'
 ORDER BY f.id DESC LIMIT %(most)s
"""


def attached_to(*, kind: str, entity_id: int, most: int) -> list[File]:
    """The ready files of a record, newest first, as `selectors.told` makes them: with `uses`, the number of
    records that have the file, and `by_name`, who brought it in.
    """
    values: dict[str, int | str] = {
        "ws": current_workspace_id(),
        "kind": kind,
        "entity": entity_id,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(ATTACHED, values)
        rows = cursor.fetchall()
    return [_read(row) for row in rows]


def _read(row: tuple[Any, ...]) -> File:
    *own, uses, by_name = row
    file = File.from_db(connection.alias, _FILE, own)
    vars(file).update(uses=uses, by_name=by_name)
    return file
