"""Writing and asking the search index of contacts (ADR 0050)."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Value

from afluente.kernel.workspace import current_workspace_id, memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Every lexeme starts with the workspace, the block of 65,536 ids and a mark:
#   :maria  =lia@example.com  #984   a word, also of an address; a whole address; three digits of a number
#   ~12:word  &word                  a word in a text field; a word of where they live
#   @a12 @sform @t7 @o9 @f12 @y12 @c5 @mtelegram @e @p @ugoogle   what filters ask: assignee, source, tag,
#       option, field that is filled, ticked box, company, messenger, has an e-mail, has a phone (@-e and @-p:
#       has none, which hardly anybody is: the opposite of a sign on everybody would be read whole), and
#       @usource=google for where a visit came from; `*` stands on everybody, for what must not be so.
# Whole addresses stand apart, because there are so many that begin like a name.
# Split at ASCII signs and general punctuation only, so that every locale splits alike;
# `selectors.searching` does the same.
# The words of all contacts are made in one go: a function called per contact took eight times as long.
# Words of names, places and texts that nobody had are noted as well: what «contains» looks through
# (ADR 0145). Each is looked up by its index; nothing makes it unique, so that nobody waits for anybody.
# OFFSET 0 has each contact looked up by its index: where a table has just been filled and nobody counted
# it yet, the planner would rather read all of it once for the whole batch, or half of another index:
# for the same reason the deleted are left out afterwards. The order is that of the index which is meant:
# of a workspace that the statistics do not know yet, beside a large one, the planner expects no row, all
# indexes look alike to it, and the primary key reads the whole workspace for each contact.
INDEX = r"""
WITH wanted AS (
  SELECT unnest(%(ids)s::bigint[]) AS id
), asked AS (
  SELECT c.* FROM wanted AS w,
         LATERAL (SELECT id, assignee_id, source, first_name || ' ' || last_name AS name, deleted_at,
                         location || ' ' || address AS place, utm_first, utm_last
                    FROM contacts_contact WHERE workspace_id = %(ws)s AND id = w.id OFFSET 0) AS c
   WHERE c.deleted_at IS NULL
), addresses AS (
  SELECT w.id, a.value FROM wanted AS w,
         LATERAL (SELECT af_norm(email) AS value FROM contacts_contactemail
                   WHERE workspace_id = %(ws)s AND contact_id = w.id ORDER BY email OFFSET 0) AS a
), handles AS (
  SELECT w.id, m.kind, m.value FROM wanted AS w,
         LATERAL (SELECT kind, af_norm(value) AS value FROM contacts_contactmessenger
                   WHERE workspace_id = %(ws)s AND contact_id = w.id ORDER BY kind, value OFFSET 0) AS m
), numbers AS (
  SELECT w.id, typed, known, position(typed IN known) > 0 AS is_same
    FROM wanted AS w,
         LATERAL (SELECT regexp_replace(raw, '[^0-9]', '', 'g') AS typed, ltrim(e164, '+') AS known
                    FROM contacts_contactphone
                   WHERE workspace_id = %(ws)s AND contact_id = w.id ORDER BY raw OFFSET 0) AS p
), runs AS (
  SELECT id, known AS run FROM numbers WHERE known <> ''
   UNION ALL
  SELECT id, typed FROM numbers WHERE typed <> '' AND NOT is_same
), attributes AS (
  SELECT w.id, v.* FROM wanted AS w,
         LATERAL (SELECT field_id, option_id, number, af_norm(left(text, 200)) AS value
                    FROM contacts_contactvalue
                   WHERE workspace_id = %(ws)s AND contact_id = w.id ORDER BY field_id, option_id OFFSET 0) AS v
), texts AS (
  SELECT id, ':' AS sign, af_norm(name) AS value, true AS is_learned FROM asked
   UNION ALL
  SELECT id, ':', value, false FROM addresses
   UNION ALL
  SELECT id, ':', value, false FROM handles
   UNION ALL
  SELECT id, '&', af_norm(place), true FROM asked WHERE place <> ' '
   UNION ALL
  SELECT id, '~' || field_id || ':', value, true FROM attributes WHERE value <> ''
), spoken AS MATERIALIZED (
  SELECT id, sign, word, is_learned
    FROM texts, LATERAL regexp_split_to_table(value, '[\x01-\x2f:-@[-`{-\x7f\u00a0\u2000-\u206f]+') AS word
   WHERE word <> ''
), learned AS (
  INSERT INTO contacts_contactword (workspace_id, kind, word)
  SELECT %(ws)s, sign, fresh.word
    FROM (SELECT DISTINCT sign, left(word, 200) AS word FROM spoken WHERE is_learned AND length(word) > 1) AS fresh,
         LATERAL (SELECT count(*) AS times
                    FROM (SELECT FROM contacts_contactword AS w
                           WHERE w.workspace_id = %(ws)s AND w.kind = sign AND w.word = fresh.word LIMIT 1) AS one) AS known
   WHERE times = 0
), said AS (
  SELECT id, sign || left(word, 60) AS what FROM spoken
   UNION ALL
  SELECT id, '=' || left(value, 60) FROM addresses WHERE value <> ''
   UNION ALL
  SELECT id, '#' || substr(run, place, 3) FROM runs, generate_series(1, length(run) - 2) AS place
   UNION ALL
  SELECT id, unnest(ARRAY['*', '@a' || COALESCE(assignee_id, 0), '@s' || source]) FROM asked
   UNION ALL
  SELECT id, '@e' FROM addresses
   UNION ALL
  SELECT id, '@-e' FROM asked WHERE id NOT IN (SELECT id FROM addresses)
   UNION ALL
  SELECT id, '@p' FROM numbers
   UNION ALL
  SELECT id, '@-p' FROM asked WHERE id NOT IN (SELECT id FROM numbers)
   UNION ALL
  SELECT id, '@m' || kind FROM handles
   UNION ALL
  SELECT asked.id, '@u' || substr(key, 5) || '=' || left(af_norm(value), 60)
    FROM asked, LATERAL (SELECT * FROM jsonb_each_text(utm_first) UNION SELECT * FROM jsonb_each_text(utm_last)) AS u
   WHERE key LIKE 'utm\_%%' AND value <> ''
   UNION ALL
  SELECT w.id, '@t' || tag_id FROM wanted AS w,
         LATERAL (SELECT tag_id FROM contacts_contacttag
                   WHERE workspace_id = %(ws)s AND contact_id = w.id ORDER BY tag_id OFFSET 0) AS t
   UNION ALL
  SELECT w.id, '@c' || company_id FROM wanted AS w,
         LATERAL (SELECT company_id FROM contacts_companycontact
                   WHERE workspace_id = %(ws)s AND contact_id = w.id ORDER BY company_id OFFSET 0) AS c
   UNION ALL
  SELECT id, unnest(ARRAY['@f' || field_id, '@o' || option_id, CASE WHEN number = 1 THEN '@y' || field_id END])
    FROM attributes
), lexemes AS (
  SELECT id, %(mark)s || (id >> 16) || what AS lexeme FROM said WHERE what IS NOT NULL
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

# Whoever changes is looked at again for doubles: told by whatever makes them findable.
LOOK_AGAIN = """
INSERT INTO contacts_duplicatedue (workspace_id, contact_id) SELECT %s, unnest(%s::bigint[])
"""
FORGET = "DELETE FROM contacts_contactsearch WHERE workspace_id = %s AND id = ANY(%s)"
FORGET_WORDS = """
DELETE FROM contacts_contactword AS w
 USING unnest(%s::bigint[], %s::text[]) AS asked (id, query)
 WHERE w.workspace_id = %s AND w.id = asked.id
   AND NOT EXISTS (SELECT FROM contacts_find(asked.query, '', '', NULL, 1))
"""

FIND = "SELECT contacts_find(%s, %s, %s, %s, %s)"
_WORDS = "contacts.words"
MOST = 100_000_000  # more than a workspace has
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


class Matching(Func):
    """Whether a contact is one of those that `query` finds, as a condition of a set: no page, no order."""

    template = "%(expressions)s"
    output_field = BooleanField()

    def __init__(self, query: Query) -> None:
        given = (query.words, query.fragment, query.fragment_words)
        super().__init__(F("pk"), *(Value(text) for text in given))

    def as_sql(self, compiler: Any, _connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        (number, _), *texts = parts
        found = ", ".join(f"{sql}::text" for sql, _ in texts)
        condition = f"{number} = ANY(ARRAY(SELECT contacts_find({found}, NULL, {MOST})))"
        return condition, [value for _, given in texts for value in given]


_waiting: ContextVar[set[int] | None] = ContextVar("contacts_waiting_for_index", default=None)


@contextmanager
def gathering() -> Iterator[set[int]]:
    """Index nothing in the block; the set it gives holds who would have been, once the block has ended."""
    waiting: set[int] = set()
    token = _waiting.set(waiting)
    try:
        yield waiting
    finally:
        _waiting.reset(token)


@contextmanager
def indexing_once() -> Iterator[None]:
    """Index whatever the block changes once, when it ends: for changes of the same people one after another."""
    with gathering() as waiting:
        yield
    index_contacts(sorted(waiting))


def index_contacts(contact_ids: Sequence[int]) -> None:
    """Make these contacts findable as they are now: one statement, in the caller's transaction."""
    if not contact_ids:
        return
    waiting = _waiting.get()
    if waiting is not None:
        waiting.update(contact_ids)
        return
    memory().pop(_WORDS, None)
    with connection.cursor() as cursor:
        workspace_id = current_workspace_id()
        cursor.execute(INDEX, {"ws": workspace_id, "mark": f"{workspace_id}.", "ids": list(contact_ids)})
        cursor.execute(LOOK_AGAIN, [workspace_id, list(contact_ids)])


def known_words() -> dict[tuple[str, str, bool], Sequence[str] | None]:
    """What was read of the words of the index (`selectors.contained`), until somebody is indexed."""
    found: dict[tuple[str, str, bool], Sequence[str] | None] = memory().setdefault(_WORDS, {})
    return found


def forget_contacts(contact_ids: Sequence[int]) -> None:
    """Take deleted contacts out of the index."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [current_workspace_id(), list(contact_ids)])


def forget_words(word_ids: Sequence[int], queries: Sequence[str]) -> None:
    """Take out those of the words that nobody is found by; the queries ask for each, as `Query.words`."""
    memory().pop(_WORDS, None)
    with connection.cursor() as cursor:
        cursor.execute(FORGET_WORDS, [list(word_ids), list(queries), current_workspace_id()])


def find(query: Query, *, limit: int, before_id: int | None = None) -> list[int]:
    """Up to `limit` contacts that match, newest first, below `before_id`.

    Knows the workspace and nothing of rights: pass the ids through `policies.visible_to`.
    """
    with connection.cursor() as cursor:
        cursor.execute(FIND, [query.words, query.fragment, query.fragment_words, before_id, limit])
        return [row[0] for row in cursor.fetchall()]
