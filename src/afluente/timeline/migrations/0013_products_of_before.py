"""What products wrote before they had a column: row-level security is forced on whoever owns the log, too."""

from django.db import migrations

KNOWN = """
ALTER TABLE timeline_event NO FORCE ROW LEVEL SECURITY;
UPDATE timeline_event SET product_id = (data ->> 'product')::bigint
 WHERE kind LIKE 'product.%' AND data ? 'product' AND product_id IS NULL;
ALTER TABLE timeline_event FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [("timeline", "0012_products")]

    operations = [migrations.RunSQL(KNOWN, migrations.RunSQL.noop)]
