"""The statement of 0009 saw no workspace: forced row-level security hides them from the owner of the table too."""

from django.db import migrations

QUEUE = """
ALTER TABLE accounts_workspace NO FORCE ROW LEVEL SECURITY;
INSERT INTO kernel_job (name, args, workspace_id, key, state, due_at, attempts, error, created_at)
SELECT 'tasks.plan_overdue', '{}', id, id::text, 'waiting', now(), 0, '', now() FROM accounts_workspace
    ON CONFLICT (name, key) WHERE state = 'waiting' DO NOTHING;
ALTER TABLE accounts_workspace FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0009_overdue"), ("accounts", "0002_isolation")]
    operations = [migrations.RunSQL(QUEUE, migrations.RunSQL.noop)]
