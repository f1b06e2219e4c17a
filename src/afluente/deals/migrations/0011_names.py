"""Deals are found by the words of their names, among a million."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from afluente.kernel.rls import DefinerFunction, DefinerMayRead, SecureTable

# Each word is led by the workspace and the block of 65,536 numbers, as in the search of contacts (ADR 0050).
WORDS = """
CREATE FUNCTION deals_words(ws bigint, deal bigint, name text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_to_tsvector(array_agg(DISTINCT ws || '.' || (deal >> 16) || ':' || word)), ''::tsvector)
    FROM (SELECT unnest(string_to_array(name, ' ') || regexp_split_to_array(name, '[^[:alnum:]]+')) AS word) AS w
   WHERE word <> ''
$$
"""
KEEP = """
CREATE FUNCTION deals_keep_new_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deals_dealsearch (workspace_id, id, words)
  SELECT workspace_id, id, deals_words(workspace_id, id, search_name) FROM made;
  RETURN NULL;
END $$;
CREATE FUNCTION deals_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE deals_dealsearch SET words = deals_words(NEW.workspace_id, NEW.id, NEW.search_name)
   WHERE workspace_id = NEW.workspace_id AND id = NEW.id;
  RETURN NULL;
END $$;
ALTER TABLE deals_dealsearch ADD CONSTRAINT deals_dealsearch_deal_ws_fk
  FOREIGN KEY (workspace_id, id) REFERENCES deals_deal (workspace_id, id) ON DELETE CASCADE;
INSERT INTO deals_dealsearch (workspace_id, id, words)
SELECT workspace_id, id, deals_words(workspace_id, id, search_name) FROM deals_deal;
CREATE TRIGGER words_of_new AFTER INSERT ON deals_deal REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION deals_keep_new_words();
CREATE TRIGGER words_of_renamed AFTER UPDATE ON deals_deal
  FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION deals_keep_words();
"""
# A common word fills its lines from the newest 2,000 deals; a rare one is looked up a block at a time.
FIND = """
CREATE FUNCTION deals_named(query text, mates bigint[], max_rows integer) RETURNS SETOF bigint
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
    SELECT max(s.id) INTO top_id FROM deals_dealsearch s WHERE s.workspace_id = ws AND s.id < upper_id;
    EXIT WHEN top_id IS NULL;
    wanted := replace(query, E'\\x01', ws || '.' || (top_id >> 16))::tsquery;
    page := NULL;
    IF is_first THEN
      is_first := false;
      SELECT array_agg(hit.id) INTO page
        FROM (SELECT recent.id
                FROM (SELECT s.id, s.words FROM deals_dealsearch s
                       WHERE s.workspace_id = ws AND s.id >= (top_id >> 16) << 16
                       ORDER BY s.id DESC LIMIT 2000) AS recent
                JOIN deals_deal d ON d.workspace_id = ws AND d.id = recent.id
               WHERE recent.words @@ wanted AND d.deleted_at IS NULL
                 AND (mates IS NULL OR d.assignee_id IS NULL OR d.assignee_id = ANY (mates))
               ORDER BY recent.id DESC LIMIT missing) AS hit;
    END IF;
    IF coalesce(cardinality(page), 0) < missing THEN
      WITH hit AS MATERIALIZED (
        SELECT s.id FROM deals_dealsearch s WHERE s.words @@ wanted AND s.workspace_id + 0 = ws)
      SELECT array_agg(newest.id) INTO page
        FROM (SELECT hit.id FROM hit JOIN deals_deal d ON d.workspace_id = ws AND d.id = hit.id
               WHERE d.deleted_at IS NULL
                 AND (mates IS NULL OR d.assignee_id IS NULL OR d.assignee_id = ANY (mates))
               ORDER BY hit.id DESC LIMIT missing) AS newest;
    END IF;
    RETURN QUERY SELECT unnest(page);
    missing := missing - coalesce(cardinality(page), 0);
    upper_id := (top_id >> 16) << 16;
  END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0010_ending_stages"), ("kernel", "0002_functions")]

    operations = [
        migrations.CreateModel(
            name="DealSearch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], gin_pending_list_limit=256, name="deal_search_words"
                    )
                ],
            },
        ),
        SecureTable("dealsearch", anchor=False),
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        DefinerMayRead("deal"),
        DefinerMayRead("dealsearch"),
        DefinerFunction("deals_named(text, bigint[], integer)", FIND),
    ]
