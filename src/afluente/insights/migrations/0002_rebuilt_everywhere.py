"""Work out the deals that were there before an update: the statement of 0001 saw no workspace."""

from django.db import migrations

QUEUE = """
ALTER TABLE accounts_workspace NO FORCE ROW LEVEL SECURITY;
INSERT INTO kernel_job (name, args, workspace_id, key, state, due_at, attempts, error, created_at)
SELECT 'insights.rebuild', '{}', id, id::text, 'waiting', now(), 0, '', now() FROM accounts_workspace
    ON CONFLICT (name, key) WHERE state = 'waiting' DO NOTHING;
ALTER TABLE accounts_workspace FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0001_journeys"), ("accounts", "0002_isolation")]
    operations = [migrations.RunSQL(QUEUE, migrations.RunSQL.noop)]
