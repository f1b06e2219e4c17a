"""How much waits and how much failed, over all workspaces: two numbers for `/metrics`."""

from django.db import migrations

from afluente.kernel.rls import DefinerFunction

DEAD = "CREATE INDEX intake_rawevent_dead ON intake_rawevent (workspace_id, id) WHERE state = 'dead'"
COUNTS = """
CREATE FUNCTION intake_counts(OUT waiting bigint, OUT dead bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (SELECT count(*) FROM intake_rawevent WHERE state = 'waiting'),
         (SELECT count(*) FROM intake_rawevent WHERE state = 'dead')
$$
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_keyed_calls")]

    operations = [
        migrations.RunSQL(DEAD, migrations.RunSQL.noop),
        DefinerFunction("intake_counts()", COUNTS),
    ]
