"""SQL functions that every slice may use."""

from django.db import migrations

# The same fold as kernel.text.norm: lower case, no accents, Polish and German letters.
# IMMUTABLE because normalize() and regexp_replace() are; used in generated columns and indexes.
NORM = r"""
CREATE FUNCTION af_norm(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT translate(
    lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')),
    'łøđßæœı', 'lodsaoi')
$$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(NORM, migrations.RunSQL.noop),
        # Counting requests must not cost a disk flush; after a crash the count starts over.
        migrations.RunSQL("ALTER TABLE kernel_ratelimit SET UNLOGGED", migrations.RunSQL.noop),
    ]
