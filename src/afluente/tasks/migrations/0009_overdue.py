"""Tasks that are there are told of too, once they are overdue: have that planned."""

from django.db import migrations

QUEUE = """
INSERT INTO kernel_job (name, args, workspace_id, key, state, due_at, attempts, error, created_at)
SELECT 'tasks.plan_overdue', '{}', id, id::text, 'waiting', now(), 0, '', now() FROM accounts_workspace
    ON CONFLICT (name, key) WHERE state = 'waiting' DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0008_words"), ("kernel", "0004_jobs")]
    operations = [migrations.RunSQL(QUEUE, migrations.RunSQL.noop)]
