"""Isolate by workspace; a person also sees their own memberships and the workspaces they name."""

from django.db import migrations

from afluente.kernel.rls import CURRENT_USER_SQL, CURRENT_WORKSPACE_SQL, SecureTable

OWN_MEMBERSHIPS = f"""
CREATE POLICY own_memberships ON accounts_membership FOR SELECT USING (user_id = {CURRENT_USER_SQL})
"""
WORKSPACE = f"""
ALTER TABLE accounts_workspace ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_workspace FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON accounts_workspace
  USING (id = {CURRENT_WORKSPACE_SQL}) WITH CHECK (id = {CURRENT_WORKSPACE_SQL});
CREATE POLICY own_workspaces ON accounts_workspace FOR SELECT
  USING (id IN (SELECT workspace_id FROM accounts_membership WHERE user_id = {CURRENT_USER_SQL}));
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(WORKSPACE, migrations.RunSQL.noop),
        SecureTable("team"),
        SecureTable("membership"),
        migrations.RunSQL(OWN_MEMBERSHIPS, migrations.RunSQL.noop),
        SecureTable("invitation"),
        SecureTable("apitoken"),
    ]
