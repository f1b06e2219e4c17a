"""Writing and asking the search index of contacts (ADR 0050)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

# Every lexeme starts with the workspace, the block of 65,536 ids and a mark: `7.0:maria` a word, also
# of an address, `7.0=lia@example.com` a whole address, `7.0#984` three digits in a row of a number,
# `7.0@a12` the assignee, `7.0@sform` the source. Whole addresses stand apart, because there are so many
# that begin like a name.
# Split at ASCII signs and general punctuation only, so that every locale splits alike;
# `selectors.searching` does the same.
# The words of all contacts are made in one go: a function called per contact took eight times as long.
# OFFSET 0 has each contact looked up by its index: where a table has just been filled and nobody counted
# it yet, the planner would rather read all of it once for the whole batch, or half of another index:
# for the same reason the deleted are left out afterwards.
INDEX = r"""
WITH wanted AS (
  SELECT unnest(%(ids)s::bigint[]) AS id
), asked AS (
  SELECT c.* FROM wanted AS w,
         LATERAL (SELECT id, assignee_id, source, first_name || ' ' || last_name AS name, deleted_at
                    FROM contacts_contact WHERE workspace_id = %(ws)s AND id = w.id OFFSET 0) AS c
   WHERE c.deleted_at IS NULL
), addresses AS (
  SELECT w.id, a.value FROM wanted AS w,
         LATERAL (SELECT af_norm(email) AS value FROM contacts_contactemail
                   WHERE workspace_id = %(ws)s AND contact_id = w.id OFFSET 0) AS a
), handles AS (
  SELECT w.id, m.value FROM wanted AS w,
         LATERAL (SELECT af_norm(value) AS value FROM contacts_contactmessenger
                   WHERE workspace_id = %(ws)s AND contact_id = w.id OFFSET 0) AS m
), numbers AS (
  SELECT w.id, typed, known, position(typed IN known) > 0 AS is_same
    FROM wanted AS w,
         LATERAL (SELECT regexp_replace(raw, '[^0-9]', '', 'g') AS typed, ltrim(e164, '+') AS known
                    FROM contacts_contactphone
                   WHERE workspace_id = %(ws)s AND contact_id = w.id OFFSET 0) AS p
), runs AS (
  SELECT id, known AS run FROM numbers WHERE known <> ''
   UNION ALL
  SELECT id, typed FROM numbers WHERE typed <> '' AND NOT is_same
), lexemes AS (
  SELECT id, %(mark)s || (id >> 16) || ':' || left(word, 60) AS lexeme
    FROM (SELECT id, af_norm(name) AS value FROM asked
           UNION ALL
          SELECT id, value FROM addresses
           UNION ALL
          SELECT id, value FROM handles) AS texts,
         LATERAL regexp_split_to_table(value, '[\x01-\x2f:-@[-`{-\x7f\u00a0\u2000-\u206f]+') AS word
   WHERE word <> ''
   UNION ALL
  SELECT id, %(mark)s || (id >> 16) || '=' || left(value, 60) FROM addresses WHERE value <> ''
   UNION ALL
  SELECT id, %(mark)s || (id >> 16) || '#' || substr(run, place, 3) FROM runs, generate_series(1, length(run) - 2) AS place
   UNION ALL
  SELECT id, %(mark)s || (id >> 16) || '@a' || COALESCE(assignee_id, 0) FROM asked
   UNION ALL
  SELECT id, %(mark)s || (id >> 16) || '@s' || source FROM asked
)
INSERT INTO contacts_contactsearch AS present (workspace_id, id, words, digits)
SELECT %(ws)s, id, array_to_tsvector(array_agg(lexeme) FILTER (WHERE lexeme IS NOT NULL)),
       COALESCE(string_agg(run, ' '), '')
  FROM (SELECT id, lexeme, NULL AS run, false AS is_asked FROM lexemes
         UNION ALL
        SELECT id, NULL, run, false FROM runs
         UNION ALL
        SELECT id, NULL, NULL, true FROM asked) AS found
 GROUP BY id HAVING bool_or(is_asked)
 ORDER BY id
    ON CONFLICT (workspace_id, id) DO UPDATE SET words = EXCLUDED.words, digits = EXCLUDED.digits
 WHERE (present.words, present.digits) IS DISTINCT FROM (EXCLUDED.words, EXCLUDED.digits)
"""

FORGET = "DELETE FROM contacts_contactsearch WHERE workspace_id = %s AND id = ANY(%s)"

FIND = "SELECT contacts_find(%s, %s, %s, %s, %s)"
BLOCK = "\x01"  # stands before each lexeme of a query, for the workspace and block that are searched


@dataclass(frozen=True)
class Query:
    """A search in the words of the index: a tsquery, and one run of digits to be found in a number.

    Each lexeme begins with BLOCK. `fragment_words` is the tsquery under which the digits may also
    stand in a name or an address.
    """

    words: str
    fragment: str = ""
    fragment_words: str = ""


def index_contacts(contact_ids: Sequence[int]) -> None:
    """Make these contacts findable as they are now: one statement, in the caller's transaction."""
    if not contact_ids:
        return
    with connection.cursor() as cursor:
        workspace_id = current_workspace_id()
        cursor.execute(INDEX, {"ws": workspace_id, "mark": f"{workspace_id}.", "ids": list(contact_ids)})


def forget_contacts(contact_ids: Sequence[int]) -> None:
    """Take deleted contacts out of the index."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [current_workspace_id(), list(contact_ids)])


def find(query: Query, *, limit: int, before_id: int | None = None) -> list[int]:
    """Up to `limit` contacts that match, newest first, below `before_id`.

    Knows the workspace and nothing of rights: pass the ids through `policies.visible_to`.
    """
    with connection.cursor() as cursor:
        cursor.execute(FIND, [query.words, query.fragment, query.fragment_words, before_id, limit])
        return [row[0] for row in cursor.fetchall()]
