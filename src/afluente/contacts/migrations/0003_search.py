"""Searching contacts under row-level security (ADR 0050)."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from afluente.kernel.rls import DefinerFunction, DefinerMayRead, SecureTable

# Digits of a number as typed and as E.164, without saying the same twice.
DIGITS = r"""
CREATE FUNCTION contacts_digits(raw text, e164 text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN position(typed IN known) > 0 THEN known
              WHEN known = '' THEN typed
              ELSE known || ' ' || typed END
    FROM (SELECT regexp_replace(raw, '[^0-9]', '', 'g') AS typed, ltrim(e164, '+') AS known) AS d
$$
"""

# The words a contact is found by. Every lexeme starts with the workspace's number and a mark:
# `7:maria` a word or address, `7#984` three digits in a row of a number, `7@a12` the assignee,
# `7@sform` the source. Splitting by ASCII (and general punctuation) is the same in every locale.
WORDS = r"""
CREATE FUNCTION contacts_words(ws bigint, name text, emails text[], handles text[], numbers text[],
                               assignee bigint, source text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(ARRAY(
    SELECT ws || ':' || left(word, 60)
      FROM (SELECT af_norm(name || ' ' || array_to_string(emails, ' ') || ' ' || array_to_string(handles, ' '))) AS t (folded),
           LATERAL (SELECT regexp_split_to_table(folded, '[\x01-\x2f:-@[-`{-\x7f\u00a0\u2000-\u206f]+') AS word
                    UNION ALL
                    SELECT w FROM unnest(ARRAY(
                      SELECT half FROM regexp_split_to_table(folded, ' +') AS address,
                             unnest(ARRAY[address, split_part(address, '@', 2)]) AS half
                       WHERE address LIKE '%_@_%')) AS w) AS words
     WHERE word <> ''
     UNION ALL
    SELECT ws || '#' || substr(run, place, 3)
      FROM regexp_split_to_table(array_to_string(numbers, ' '), ' ') AS run,
           generate_series(1, length(run) - 2) AS place
     UNION ALL
    SELECT ws || '@a' || COALESCE(assignee, 0)
     UNION ALL
    SELECT ws || '@s' || source))
$$
"""

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

# Contacts made before this migration. The owner sees rows of the workspace that is set only.
FILL = """
DO $$
DECLARE ws bigint;
BEGIN
  FOR ws IN SELECT id FROM accounts_workspace LOOP
    PERFORM set_config('app.ws', ws::text, true);
    INSERT INTO contacts_contactsearch (workspace_id, id, words, digits)
    SELECT c.workspace_id, c.id,
           contacts_words(c.workspace_id, c.first_name || ' ' || c.last_name, e.found, m.found, p.found,
                          c.assignee_id, c.source),
           array_to_string(p.found, ' ')
      FROM contacts_contact c,
           LATERAL (SELECT COALESCE(array_agg(email::text), '{}') AS found FROM contacts_contactemail
                     WHERE workspace_id = ws AND contact_id = c.id) AS e,
           LATERAL (SELECT COALESCE(array_agg(value::text), '{}') AS found FROM contacts_contactmessenger
                     WHERE workspace_id = ws AND contact_id = c.id) AS m,
           LATERAL (SELECT COALESCE(array_agg(contacts_digits(raw, e164)), '{}') AS found FROM contacts_contactphone
                     WHERE workspace_id = ws AND contact_id = c.id) AS p
     WHERE c.workspace_id = ws AND c.deleted_at IS NULL;
  END LOOP;
  PERFORM set_config('app.ws', '', true);
END
$$
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
        migrations.RunSQL(DIGITS, migrations.RunSQL.noop),
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
        SecureTable("contactsearch", anchor=False),
        migrations.RunSQL(TIE, migrations.RunSQL.noop),
        DefinerMayRead("contactsearch"),
        DefinerFunction("contacts_find(tsquery, text, tsquery, bigint, integer)", FIND),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
