"""Deals that were there before they were found by words: the statement of 0011 saw none of them."""

from django.db import migrations

# Forced row-level security hides all rows from the owner of a table as well.
INDEX = """
ALTER TABLE deals_deal NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_dealsearch NO FORCE ROW LEVEL SECURITY;
INSERT INTO deals_dealsearch (workspace_id, id, words)
SELECT workspace_id, id, deals_words(workspace_id, id, search_name) FROM deals_deal
    ON CONFLICT (workspace_id, id) DO NOTHING;
ALTER TABLE deals_deal FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_dealsearch FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0011_names")]
    operations = [migrations.RunSQL(INDEX, migrations.RunSQL.noop)]
