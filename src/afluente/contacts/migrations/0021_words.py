"""The words that «contains» looks through (ADR 0145)."""

import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from afluente.kernel.rls import DefinerFunction, SecureTable

# As before (0003), but a question of many words does not walk over the newest rows first: asking each
# row for each word takes longer than the index does.
FIND = r"""
CREATE OR REPLACE FUNCTION contacts_find(query text, fragment text, fragment_words text, before_id bigint, max_rows integer)
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
    IF walks < 2 AND length(query) < 300 THEN
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
# What waits to be put into the index is read once for each word and block of a question. A quarter of
# the room makes that a quarter; writing costs the same, measured.
PENDING = "ALTER INDEX contact_search_words SET (gin_pending_list_limit = 256)"

# Making contacts findable again writes their words.
LOOK = """
INSERT INTO kernel_job (name, args, workspace_id, key, state, due_at, attempts, error, created_at)
SELECT 'contacts.reindex', '{}', id, id::text, 'waiting', now(), 0, '', now() FROM accounts_workspace
    ON CONFLICT (name, key) WHERE state = 'waiting' DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0020_bulk_changes"), ("accounts", "0003_roles"), ("kernel", "0004_jobs")]

    operations = [
        migrations.CreateModel(
            name="ContactWord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=24)),
                ("word", models.CharField(max_length=200)),
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
                "indexes": [models.Index(fields=["workspace", "kind", "word"], name="contact_word")],
            },
        ),
        SecureTable("contactword", anchor=False),
        DefinerFunction("contacts_find(text, text, text, bigint, integer)", FIND),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(PENDING, migrations.RunSQL.noop)],
            state_operations=[
                migrations.RemoveIndex("contactsearch", "contact_search_words"),
                migrations.AddIndex(
                    "contactsearch",
                    GinIndex(fields=["words"], gin_pending_list_limit=256, name="contact_search_words"),
                ),
            ],
        ),
        migrations.RunSQL(LOOK, migrations.RunSQL.noop),
    ]
