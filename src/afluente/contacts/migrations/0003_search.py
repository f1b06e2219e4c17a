"""Searching contacts under row-level security (ADR 0050)."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from afluente.kernel.rls import DefinerFunction, DefinerMayRead, SecureTable

# Common words are met soon when walking from the newest contact down, rare ones are few in the index.
# So: walk a bounded stretch; when that does not fill the page, the index answers, and the walk has
# shown that it will not have to give out much. `+ 0` and enable_seqscan leave the planner no third way.
FIND = """
CREATE FUNCTION contacts_find(query tsquery, fragment text, fragment_words tsquery, before_id bigint,
                              max_rows integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_seqscan = off
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  ws bigint := current_setting('app.ws')::bigint;
  upper_id bigint := COALESCE(before_id, 9223372036854775807);
  found bigint[];
BEGIN
  SELECT array_agg(hit.id) INTO found
    FROM (SELECT recent.id
            FROM (SELECT s.id, s.words, s.digits FROM contacts_contactsearch s
                   WHERE s.workspace_id = ws AND s.id < upper_id
                   ORDER BY s.id DESC LIMIT 5000) AS recent
           WHERE recent.words @@ query
             AND (fragment = '' OR position(fragment IN recent.digits) > 0 OR recent.words @@ fragment_words)
           LIMIT max_rows) AS hit;
  IF COALESCE(cardinality(found), 0) < max_rows THEN
    WITH hit AS MATERIALIZED (
      SELECT s.id FROM contacts_contactsearch s
       WHERE s.workspace_id + 0 = ws AND s.id < upper_id AND s.words @@ query
         AND (fragment = '' OR position(fragment IN s.digits) > 0 OR s.words @@ fragment_words))
    SELECT array_agg(newest.id) INTO found
      FROM (SELECT hit.id FROM hit ORDER BY hit.id DESC LIMIT max_rows) AS newest;
  END IF;
  RETURN QUERY SELECT unnest(found);
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
        DefinerFunction("contacts_find(tsquery, text, tsquery, bigint, integer)", FIND),
    ]
