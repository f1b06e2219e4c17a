"""The search index now answers filters too: have the contacts that are there indexed again."""

from django.db import migrations

QUEUE = """
INSERT INTO kernel_job (name, args, workspace_id, key, state, due_at, attempts, error, created_at)
SELECT 'contacts.reindex', '{}', id, id::text, 'waiting', now(), 0, '', now() FROM accounts_workspace
    ON CONFLICT (name, key) WHERE state = 'waiting' DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0007_attributes_isolation"), ("kernel", "0004_jobs")]
    operations = [migrations.RunSQL(QUEUE, migrations.RunSQL.noop)]
