"""Have what is suggested judged again: pairs found by earlier rules stood as they had been found.

Forced row-level security hides every row from the owner of the tables as well.
"""

from django.db import migrations

QUEUE = """
ALTER TABLE contacts_possibleduplicate NO FORCE ROW LEVEL SECURITY;
ALTER TABLE contacts_duplicatedue NO FORCE ROW LEVEL SECURITY;
INSERT INTO contacts_duplicatedue (workspace_id, contact_id)
SELECT DISTINCT workspace_id, contact_id FROM contacts_possibleduplicate WHERE resolved_at IS NULL;
ALTER TABLE contacts_duplicatedue FORCE ROW LEVEL SECURITY;
ALTER TABLE contacts_possibleduplicate FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0027_companies_in_bulk")]
    operations = [migrations.RunSQL(QUEUE, migrations.RunSQL.noop)]
