"""Give workspaces made before an update the usual types and lost reasons: 0006 and 0007 saw none of them."""

from importlib import import_module

from django.db import migrations

TYPES = import_module("afluente.deals.migrations.0006_types").USUAL.rstrip().rstrip(";")
REASONS = import_module("afluente.deals.migrations.0007_in_full").USUAL.rstrip().rstrip(";")
USUAL = f"""
ALTER TABLE accounts_workspace NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_dealtype NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_lostreason NO FORCE ROW LEVEL SECURITY;
{TYPES} WHERE NOT EXISTS (SELECT FROM deals_dealtype AS there WHERE there.workspace_id = w.id);
{REASONS} WHERE NOT EXISTS (SELECT FROM deals_lostreason AS there WHERE there.workspace_id = w.id);
ALTER TABLE accounts_workspace FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_dealtype FORCE ROW LEVEL SECURITY;
ALTER TABLE deals_lostreason FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0012_words_of_before"), ("accounts", "0003_roles")]
    operations = [migrations.RunSQL(USUAL, migrations.RunSQL.noop)]
