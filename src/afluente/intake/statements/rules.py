"""What deal rules ask of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RULE_MEMBERS = """
SELECT rule_id, member_id FROM intake_dealrulemember WHERE workspace_id = %s ORDER BY position, id
"""
LOCK_TURNS = """
SELECT id, turn FROM intake_dealrule
 WHERE workspace_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
SAVE_TURNS = """
UPDATE intake_dealrule r SET turn = g.turn
  FROM unnest(%s::bigint[], %s::bigint[]) AS g (id, turn) WHERE r.workspace_id = %s AND r.id = g.id
"""
ASSIGNEES = "SELECT id, assignee_id FROM contacts_contact WHERE workspace_id = %s AND id = ANY(%s)"
# The newest open deal that the same rule opened for the same person.
OPEN_DEALS = """
SELECT DISTINCT ON (l.contact_id, d.rule_ref) l.contact_id, d.rule_ref, d.id
  FROM unnest(%(contacts)s::bigint[], %(rules)s::bigint[]) AS w (contact_id, rule_id)
  JOIN deals_dealcontact l ON l.workspace_id = %(ws)s AND l.contact_id = w.contact_id
  JOIN deals_deal d ON d.workspace_id = %(ws)s AND d.id = l.deal_id AND d.rule_ref = w.rule_id
   AND d.closed_at IS NULL AND d.deleted_at IS NULL
 ORDER BY l.contact_id, d.rule_ref, d.id DESC
"""


def rule_members() -> list[tuple[int, int]]:
    """(rule, member) pairs of all rules that assign in turn, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(RULE_MEMBERS, [current_workspace_id()])
        return list(cursor.fetchall())


def lock_turns(rule_ids: Sequence[int]) -> dict[int, int]:
    """How many turns each rule has given out; locked until commit, in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_TURNS, [current_workspace_id(), list(rule_ids)])
        return dict(cursor.fetchall())


def save_turns(turns: Mapping[int, int]) -> None:
    """Keep the turns given out, by rule."""
    if turns:
        with connection.cursor() as cursor:
            cursor.execute(SAVE_TURNS, [list(turns), list(turns.values()), current_workspace_id()])


def assignees_of(contact_ids: Sequence[int]) -> dict[int, int | None]:
    """Who looks after these contacts."""
    with connection.cursor() as cursor:
        cursor.execute(ASSIGNEES, [current_workspace_id(), list(contact_ids)])
        return dict(cursor.fetchall())


def open_deals_of_rules(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """For (contact, rule) pairs, the newest open deal of that rule with that contact."""
    if not pairs:
        return {}
    parameters: dict[str, Any] = {
        "ws": current_workspace_id(),
        "contacts": [pair[0] for pair in pairs],
        "rules": [pair[1] for pair in pairs],
    }
    with connection.cursor() as cursor:
        cursor.execute(OPEN_DEALS, parameters)
        return {(contact_id, rule_id): deal_id for contact_id, rule_id, deal_id in cursor.fetchall()}
