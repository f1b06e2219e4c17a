"""Which migrations ran is the owner's to write: the application only reads it."""

from django.conf import settings
from django.db import migrations


def shut(apps, schema_editor):
    schema_editor.execute(
        f'REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM "{settings.AFLUENTE_APP_ROLE}"'
    )


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_jobs")]
    operations = [migrations.RunPython(shut, migrations.RunPython.noop)]
