"""Have the contacts that were there before an update indexed: 0008, 0019 and 0021 saw no workspace.

Forced row-level security hides the workspaces from the owner of the table as well.
"""

from django.db import migrations

QUEUE = """
ALTER TABLE accounts_workspace NO FORCE ROW LEVEL SECURITY;
INSERT INTO kernel_job (name, args, workspace_id, key, state, due_at, attempts, error, created_at)
SELECT 'contacts.reindex', '{}', id, id::text, 'waiting', now(), 0, '', now() FROM accounts_workspace
    ON CONFLICT (name, key) WHERE state = 'waiting' DO NOTHING;
ALTER TABLE accounts_workspace FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0024_bulk_of_any_record"), ("accounts", "0002_isolation")]
    operations = [migrations.RunSQL(QUEUE, migrations.RunSQL.noop)]
