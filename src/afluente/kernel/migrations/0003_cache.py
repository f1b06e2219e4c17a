"""The cache that all processes share. Django knows no model of it: only kernel.cache reads it."""

from django.db import migrations

CACHE = """
CREATE UNLOGGED TABLE kernel_cache (
  key text PRIMARY KEY,
  value text NOT NULL,
  expires_at timestamptz
);
CREATE INDEX kernel_cache_expires_at ON kernel_cache (expires_at);
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_functions")]

    operations = [migrations.RunSQL(CACHE, migrations.RunSQL.noop)]
