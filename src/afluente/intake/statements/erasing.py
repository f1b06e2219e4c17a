"""Taking a person out of what arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

# The arrivals of the person, and those that never became anybody's but name them. The key may be a
# word of the sender's; a digest of nothing keeps the rule that it is there once.
EMPTY = """
UPDATE intake_rawevent
   SET body = '', context = '{}', notes = '[]', error = '', key = 'erased-' || id, body_digest = ''
 WHERE workspace_id = %(ws)s
   AND (contact_id = ANY(%(ids)s)
        OR EXISTS (SELECT FROM unnest(%(words)s::text[]) AS w
                    WHERE position(convert_to(w, 'UTF8') IN body) > 0 OR context::text LIKE '%%' || w || '%%'))
"""
FORGET = """
DELETE FROM intake_keyedcall
 WHERE workspace_id = %(ws)s
   AND EXISTS (SELECT FROM unnest(%(words)s::text[]) AS w WHERE position(convert_to(w, 'UTF8') IN content) > 0)
"""


def empty_events(contact_ids: Sequence[int], words: Sequence[str]) -> int:
    """Leave of these arrivals only that there was one; how many."""
    return _run(EMPTY, contact_ids, words)


def forget_answers(words: Sequence[str]) -> int:
    """Remove kept answers of the API that name the person; how many."""
    return _run(FORGET, [], words)


def _run(statement: str, ids: Sequence[int], words: Sequence[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ws": current_workspace_id(), "ids": list(ids), "words": list(words)})
        return int(cursor.rowcount)
