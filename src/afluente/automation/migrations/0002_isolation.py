"""Isolate by workspace; let the worker ask where something is due."""

from django.db import migrations

from afluente.kernel.rls import DefinerFunction, DefinerMayRead, SecureTable

# One index probe per workspace and shard in which something waits (a loose index scan), and one per priority.
DUE_SHARDS = """
CREATE FUNCTION automation_due_shards(OUT workspace_id bigint, OUT shard smallint) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE there AS (
    (SELECT t.workspace_id, t.shard, t.priority FROM automation_token t
      WHERE t.state IN ('scheduled', 'gated', 'retry')
      ORDER BY t.workspace_id, t.shard, t.priority LIMIT 1)
    UNION ALL
    SELECT n.* FROM there, LATERAL (
      SELECT t.workspace_id, t.shard, t.priority FROM automation_token t
       WHERE t.state IN ('scheduled', 'gated', 'retry')
         AND (t.workspace_id, t.shard, t.priority) > (there.workspace_id, there.shard, there.priority)
       ORDER BY t.workspace_id, t.shard, t.priority LIMIT 1) AS n
  )
  SELECT DISTINCT there.workspace_id, there.shard FROM there
   WHERE EXISTS (SELECT FROM automation_token t
                  WHERE t.workspace_id = there.workspace_id AND t.shard = there.shard
                    AND t.priority = there.priority AND t.state IN ('scheduled', 'gated', 'retry')
                    AND t.due_at <= now())
$$
"""
# Small rows that live shortly: room for changes in place, and vacuum before it is felt.
KEPT_LEAN = """
ALTER TABLE automation_token SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
                                  autovacuum_vacuum_cost_delay = 0);
"""


class Migration(migrations.Migration):
    dependencies = [("automation", "0001_initial")]

    operations = [
        SecureTable("definition"),
        SecureTable("version", anchor=False),
        SecureTable("token", anchor=False),
        SecureTable("step", anchor=False),
        DefinerMayRead("token"),
        DefinerFunction("automation_due_shards()", DUE_SHARDS),
        migrations.RunSQL(KEPT_LEAN, migrations.RunSQL.noop),
    ]
