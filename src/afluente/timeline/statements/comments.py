"""The comments of a page of a history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.accounts.models import Membership, User
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline.models import Comment

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMENT = [field.attname for field in Comment._meta.concrete_fields]
_AUTHOR, _USER = ["id", "user_id"], ["id", "name"]
# Most comments were not answered and carry no files: a page that knows asks no further.
COMMENTS = f"""
SELECT {", ".join(f"c.{name}" for name in _COMMENT)}, u.id, u.name,
       EXISTS (SELECT 1 FROM timeline_comment AS r
                WHERE r.workspace_id = c.workspace_id AND r.parent_id = c.id AND r.deleted_at IS NULL),
       EXISTS (SELECT 1 FROM files_attachment AS f
                WHERE f.workspace_id = c.workspace_id AND f.kind = 'comment' AND f.entity_id = c.id)
  FROM timeline_comment AS c
  JOIN accounts_membership AS m ON m.id = c.author_id
  JOIN accounts_user AS u ON u.id = m.user_id
 WHERE c.workspace_id = %(ws)s AND c.event_id = ANY(%(events)s)
"""


def comments_of(events: Sequence[int]) -> list[tuple[Comment, bool, bool]]:
    """The comments of these events with their authors' names, each with whether it was answered and whether
    it carries files. One query, none for no events.

    Plain SQL, since it is part of the page that is opened all day: building it anew cost as much as running it.
    """
    if not events:
        return []
    with connection.cursor() as cursor:
        cursor.execute(COMMENTS, {"ws": current_workspace_id(), "events": list(events)})
        return [_read(row) for row in cursor.fetchall()]


def _read(row: tuple[Any, ...]) -> tuple[Comment, bool, bool]:
    using, (*own, user_id, name, is_answered, has_files) = connection.alias, row
    comment = Comment.from_db(using, _COMMENT, own)
    comment.author = Membership.from_db(using, _AUTHOR, (comment.author_id, user_id))
    comment.author.user = User.from_db(using, _USER, (user_id, name))
    return comment, is_answered, has_files
