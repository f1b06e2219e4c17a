"""The fields of a workspace, read at once with their choices: nearly every page needs them."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

FIELDS = """
SELECT f.id, f.entity, f.scope_id, f.name, f.kind, f.format, f.is_required, f.is_on_card, f.state, f.tab_id,
       coalesce(t.name, ''), coalesce(t.position, -1),
       (SELECT jsonb_agg(jsonb_build_array(o.id, o.label, o.color, o.is_archived) ORDER BY o.position, o.id)::text
          FROM contacts_fieldoption AS o WHERE o.workspace_id = f.workspace_id AND o.field_id = f.id)
  FROM contacts_field AS f
  LEFT JOIN contacts_fieldtab AS t ON t.workspace_id = f.workspace_id AND t.id = f.tab_id
 WHERE f.workspace_id = %(workspace)s AND f.entity = %(entity)s AND f.state <> %(gone)s
   AND (%(every)s OR f.scope_id IS NOT DISTINCT FROM %(scope)s::bigint)
 ORDER BY f.scope_id NULLS FIRST, f.position, f.id
"""


def read_fields(*, entity: str, scope_id: int | None, is_every: bool, gone: str) -> list[tuple[Any, ...]]:
    """The fields of a kind of record in their order, without those in the state `gone`: id, entity, scope,
    name, kind, format, required, on the card, state, heading (id, name, place), choices (id, label, hue,
    archived). Of the scope `scope_id` alone, or of every one, the common ones first.
    """
    said: dict[str, str | int | bool | None] = {
        "workspace": current_workspace_id(),
        "entity": entity,
        "scope": scope_id,
        "every": is_every,
        "gone": gone,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIELDS, said)
        return [(*facts, json.loads(choices or "[]")) for *facts, choices in cursor.fetchall()]
