"""Searching contacts under row-level security (ADR 0050)."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from afluente.kernel.rls import DefinerFunction, DefinerMayRead, SecureTable

# Lexemes name the workspace and the block of 65,536 ids, so each block of each workspace is searched
# by itself, from the newest down, until the page is full: neither a common word nor a rare one makes
# the index give out much. A common word is met sooner by walking over the newest rows; that is tried
# first. `+ 0` and enable_seqscan leave the planner no third way, so one plan serves every call.
FIND = r"""
CREATE FUNCTION contacts_find(query text, fragment text, fragment_words text, before_id bigint, max_rows integer)
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  ws bigint := current_setting('app.ws')::bigint;
  upper_id bigint := COALESCE(before_id, 9223372036854775807);
  top_id bigint;
  block_id bigint;
  wanted tsquery;
  also tsquery;
  missing integer := max_rows;
  walks integer := 0;
  page bigint[];
BEGIN
  WHILE missing > 0 LOOP
    SELECT max(s.id) INTO top_id FROM contacts_contactsearch s WHERE s.workspace_id = ws AND s.id < upper_id;
    EXIT WHEN top_id IS NULL;
    block_id := (top_id >> 16) << 16;
    wanted := replace(query, E'\x01', ws || '.' || (top_id >> 16))::tsquery;
    IF fragment_words <> '' THEN
      also := replace(fragment_words, E'\x01', ws || '.' || (top_id >> 16))::tsquery;
    END IF;
    page := NULL;
    IF walks < 2 THEN
      walks := walks + 1;
      SELECT array_agg(hit.id) INTO page
        FROM (SELECT recent.id
                FROM (SELECT s.id, s.words, s.digits FROM contacts_contactsearch s
                       WHERE s.workspace_id = ws AND s.id >= block_id AND s.id < upper_id
                       ORDER BY s.id DESC LIMIT 2000) AS recent
               WHERE recent.words @@ wanted
                 AND (fragment = '' OR position(fragment IN recent.digits) > 0 OR recent.words @@ also)
               LIMIT missing) AS hit;
    END IF;
    IF COALESCE(cardinality(page), 0) < missing THEN
      WITH hit AS MATERIALIZED (
        SELECT s.id FROM contacts_contactsearch s
         WHERE s.words @@ wanted AND s.workspace_id + 0 = ws AND s.id + 0 < upper_id
           AND (fragment = '' OR position(fragment IN s.digits) > 0 OR s.words @@ also))
      SELECT array_agg(newest.id) INTO page
        FROM (SELECT hit.id FROM hit ORDER BY hit.id DESC LIMIT missing) AS newest;
    END IF;
    RETURN QUERY SELECT unnest(page);
    missing := missing - COALESCE(cardinality(page), 0);
    upper_id := block_id;
  END LOOP;
END
$$
"""

TIE = """
ALTER TABLE contacts_contactsearch ADD CONSTRAINT contacts_contactsearch_contact_ws_fk
  FOREIGN KEY (workspace_id, id) REFERENCES contacts_contact (workspace_id, id) ON DELETE CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_isolation"), ("kernel", "0002_functions")]

    operations = [
        migrations.CreateModel(
            name="ContactSearch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                ("digits", models.TextField(default="")),
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
                        fields=["words"], gin_pending_list_limit=1024, name="contact_search_words"
                    )
                ],
            },
        ),
        SecureTable("contactsearch", anchor=False),
        migrations.RunSQL(TIE, migrations.RunSQL.noop),
        DefinerMayRead("contactsearch"),
        DefinerFunction("contacts_find(text, text, text, bigint, integer)", FIND),
    ]
