"""Records found by the words of their names (ADR 0136): a table of words beside theirs, kept by triggers.

Each word is led by the workspace and the block of 65,536 numbers, so that the newest are looked at first
and one workspace never pays for another (ADR 0050). `WordIndex` is the operation of a migration that makes
it; `quoted` writes what was typed as its function takes it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, F, Func, Value

from afluente.kernel import text
from afluente.kernel.rls import DefinerFunction, _DatabaseOperation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

MOST_WORDS = 10
BLOCK = "\x01"  # stands before each word, for the workspace and block that are looked at

WORDS = """
CREATE FUNCTION {slice}_words(ws bigint, record bigint, name text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_to_tsvector(array_agg(DISTINCT ws || '.' || (record >> 16) || ':' || word)), ''::tsvector)
    FROM (SELECT unnest(string_to_array(name, ' ') || regexp_split_to_array(name, '[^[:alnum:]]+')) AS word) AS w
   WHERE word <> ''
$$;
CREATE FUNCTION {slice}_keep_new_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO {search} (workspace_id, id, words)
  SELECT workspace_id, id, {slice}_words(workspace_id, id, {folded}) FROM made;
  RETURN NULL;
END $$;
CREATE FUNCTION {slice}_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE {search} SET words = {slice}_words(NEW.workspace_id, NEW.id, NEW.{folded})
   WHERE workspace_id = NEW.workspace_id AND id = NEW.id;
  RETURN NULL;
END $$;
ALTER TABLE {search} ADD CONSTRAINT {search}_record_ws_fk
  FOREIGN KEY (workspace_id, id) REFERENCES {table} (workspace_id, id) ON DELETE CASCADE;
CREATE TRIGGER words_of_new AFTER INSERT ON {table} REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION {slice}_keep_new_words();
CREATE TRIGGER words_of_renamed AFTER UPDATE ON {table}
  FOR EACH ROW WHEN (OLD.{plain} IS DISTINCT FROM NEW.{plain}) EXECUTE FUNCTION {slice}_keep_words();
"""
# The rows that are there already are those of all workspaces: the owner writes them without being in one.
FILL = """
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {search} NO FORCE ROW LEVEL SECURITY;
INSERT INTO {search} (workspace_id, id, words)
SELECT workspace_id, id, {slice}_words(workspace_id, id, {folded}) FROM {table};
ALTER TABLE {search} FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
"""
# A common word fills its lines from the newest 2,000 records; a rare one is looked up a block at a time.
FIND = """
CREATE FUNCTION {slice}_named(query text, mates bigint[], me bigint, max_rows integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  ws bigint := current_setting('app.ws')::bigint;
  upper_id bigint := 9223372036854775807;
  top_id bigint;
  wanted tsquery;
  missing integer := max_rows;
  is_first boolean := true;
  page bigint[];
BEGIN
  WHILE missing > 0 LOOP
    SELECT max(s.id) INTO top_id FROM {search} s WHERE s.workspace_id = ws AND s.id < upper_id;
    EXIT WHEN top_id IS NULL;
    wanted := replace(query, E'\\x01', ws || '.' || (top_id >> 16))::tsquery;
    page := NULL;
    IF is_first THEN
      is_first := false;
      SELECT array_agg(hit.id) INTO page
        FROM (SELECT recent.id
                FROM (SELECT s.id, s.words FROM {search} s
                       WHERE s.workspace_id = ws AND s.id >= (top_id >> 16) << 16
                       ORDER BY s.id DESC LIMIT 2000) AS recent
                JOIN {table} r ON r.workspace_id = ws AND r.id = recent.id
               WHERE recent.words @@ wanted AND r.deleted_at IS NULL AND ({seen})
               ORDER BY recent.id DESC LIMIT missing) AS hit;
    END IF;
    IF coalesce(cardinality(page), 0) < missing THEN
      WITH hit AS MATERIALIZED (
        SELECT s.id FROM {search} s WHERE s.words @@ wanted AND s.workspace_id + 0 = ws)
      SELECT array_agg(newest.id) INTO page
        FROM (SELECT hit.id FROM hit JOIN {table} r ON r.workspace_id = ws AND r.id = hit.id
               WHERE r.deleted_at IS NULL AND ({seen})
               ORDER BY hit.id DESC LIMIT missing) AS newest;
    END IF;
    RETURN QUERY SELECT unnest(page);
    missing := missing - coalesce(cardinality(page), 0);
    upper_id := (top_id >> 16) << 16;
  END LOOP;
END $$
"""


class WordIndex(_DatabaseOperation):
    """Keep the words of `folded` of every row of `model` in the table of `search`, and make the function
    `<slice>_named(query, mates, me, max_rows)`, which gives the numbers of present rows, the newest first.

    `plain` is the column whose change is a change of words; `seen` a condition on the row `r` in terms of
    `ws`, `mates` and `me`. `search` has the columns of a workspace's row and `words`; the definer role must
    be let read every table that is asked.
    """

    def __init__(self, model: str, *, search: str, plain: str, folded: str, seen: str) -> None:
        self.model, self.search = model, search
        self.plain, self.folded, self.seen = plain, folded, seen

    def describe(self) -> str:
        return f"Keep the words of {self.model}"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        named = {
            "slice": app_label,
            "table": to_state.apps.get_model(app_label, self.model)._meta.db_table,
            "search": to_state.apps.get_model(app_label, self.search)._meta.db_table,
            "plain": self.plain,
            "folded": self.folded,
            "seen": self.seen,
        }
        schema_editor.execute(filled(WORDS, named), params=None)
        schema_editor.execute(filled(FILL, named), params=None)
        signature = f"{app_label}_named(text, bigint[], bigint, integer)"
        function = DefinerFunction(signature, filled(FIND, named))
        function.database_forwards(app_label, schema_editor, from_state, to_state)


def filled(statement: str, named: dict[str, str]) -> str:
    """A statement with names in the place of its {marks}."""
    for name, value in named.items():
        statement = statement.replace(f"{{{name}}}", value)
    return statement


def words_of(typed: str) -> list[str]:
    """What was typed as folded words, each of which has to begin one of a name."""
    return text.norm(typed).split()[:MOST_WORDS]


def quoted(said: Sequence[str]) -> str:
    """Folded words as the function of a WordIndex takes them: whatever is inside them is data."""
    return " & ".join(f"'{BLOCK}:{_doubled(word)}':*" for word in said)


class OneOf(Func):
    """Whether a row is one of these, given as one array: thousands of parameters cost more than looking up."""

    template = "%(expressions)s"
    output_field = BooleanField()

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__(F("pk"))
        self.ids = list(ids)

    def as_sql(self, compiler: Any, _connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        number, given = compiler.compile(self.source_expressions[0])
        return f"{number} = ANY(%s::bigint[])", [*given, self.ids]


class Begins(Func):
    """Whether a folded word begins one of a folded column: the same as the index finds, row by row.

    For words that stand in many rows. The planner takes any pattern for rare and reads the whole table; inside
    COALESCE it takes it for every second row, and walks along the order that is asked for.
    """

    template = "COALESCE(%(expressions)s, false)"
    arg_joiner = " ~ "
    output_field = BooleanField()

    def __init__(self, column: str, word: str) -> None:
        super().__init__(F(column), Value(_pattern(word)))


def _pattern(word: str) -> str:
    return (r"(^|[^[:alnum:]])" if word.isalnum() else r"(^|\s)") + re.escape(word)


def _doubled(word: str) -> str:
    return word.replace("\\", "\\\\").replace("'", "''")
