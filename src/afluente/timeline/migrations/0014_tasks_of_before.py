"""What tasks wrote before they had a column, once more: the first time, forced row-level security hid it all."""

from django.db import migrations

KNOWN = """
ALTER TABLE timeline_event NO FORCE ROW LEVEL SECURITY;
UPDATE timeline_event SET task_id = (data ->> 'task')::bigint
 WHERE kind LIKE 'task.%' AND data ? 'task' AND NOT data ? 'also' AND task_id IS NULL;
ALTER TABLE timeline_event FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [("timeline", "0013_products_of_before")]

    operations = [migrations.RunSQL(KNOWN, migrations.RunSQL.noop)]
