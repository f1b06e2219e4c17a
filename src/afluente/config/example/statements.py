"""Moving the example into the past, so that it looks lived in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

# A deal arrives at its age; what happened to it since is spread evenly between then and now.
EVENTS = """
UPDATE timeline_event e
   SET at = now() - make_interval(secs => o.age * 86400 * (1 - 0.85 * o.n / greatest(o.many, 1)))
  FROM (SELECT e.id, g.age, sum(s.step) OVER (PARTITION BY e.deal_id ORDER BY e.id) AS n,
               sum(s.step) OVER (PARTITION BY e.deal_id) AS many
          FROM unnest(%(deals)s::bigint[], %(ages)s::float8[]) AS g (deal_id, age)
          JOIN timeline_event e ON e.workspace_id = %(ws)s AND e.deal_id = g.deal_id
         CROSS JOIN LATERAL (SELECT (e.kind NOT IN ('deal.opened', 'lead.received'))::int AS step) AS s) AS o
 WHERE e.workspace_id = %(ws)s AND e.id = o.id
"""
COMMENTS = """
UPDATE timeline_comment c SET created_at = e.at
  FROM timeline_event e
 WHERE c.workspace_id = %(ws)s AND e.workspace_id = %(ws)s AND e.id = c.event_id
"""
DEALS = """
UPDATE deals_deal d
   SET created_at = h.first, updated_at = h.moved, stage_entered_at = h.moved,
       position = -(extract(epoch FROM h.moved) * 1000000)::bigint,
       closed_at = CASE WHEN d.closed_at IS NOT NULL THEN h.moved END
  FROM (SELECT deal_id, min(at) AS first, max(at) FILTER (WHERE kind IN ('deal.opened', 'deal.moved')) AS moved
          FROM timeline_event WHERE workspace_id = %(ws)s AND deal_id = ANY(%(deals)s) GROUP BY deal_id) AS h
 WHERE d.workspace_id = %(ws)s AND d.id = h.deal_id
"""
CONTACTS = """
UPDATE contacts_contact c SET created_at = d.created_at, updated_at = d.updated_at
  FROM deals_dealcontact l JOIN deals_deal d ON d.workspace_id = %(ws)s AND d.id = l.deal_id
 WHERE c.workspace_id = %(ws)s AND l.workspace_id = %(ws)s AND l.contact_id = c.id AND d.id = ANY(%(deals)s)
"""
CREATED = """
UPDATE timeline_event e SET at = c.created_at
  FROM contacts_contact c
 WHERE e.workspace_id = %(ws)s AND c.workspace_id = %(ws)s AND e.contact_id = c.id
   AND e.kind = 'contact.created'
"""


def backdate(ages: Sequence[tuple[int, float]]) -> None:
    """Give deals (id, age in days), their history and their contacts an age."""
    parameters: dict[str, Any] = {
        "ws": current_workspace_id(),
        "deals": [deal_id for deal_id, _ in ages],
        "ages": [float(age) for _, age in ages],
    }
    with connection.cursor() as cursor:
        for statement in (EVENTS, COMMENTS, DEALS, CONTACTS, CREATED):
            cursor.execute(statement, parameters)
