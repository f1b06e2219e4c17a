"""A result that is waited for falls due as well."""

from django.db import migrations

from afluente.kernel.rls import DefinerFunction

# One index probe per workspace and shard in which something waits (a loose index scan), and one per priority.
DUE_SHARDS = """
CREATE OR REPLACE FUNCTION automation_due_shards(OUT workspace_id bigint, OUT shard smallint) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE there AS (
    (SELECT t.workspace_id, t.shard, t.priority FROM automation_token t
      WHERE t.state IN ('scheduled', 'gated', 'retry', 'awaiting')
      ORDER BY t.workspace_id, t.shard, t.priority LIMIT 1)
    UNION ALL
    SELECT n.* FROM there, LATERAL (
      SELECT t.workspace_id, t.shard, t.priority FROM automation_token t
       WHERE t.state IN ('scheduled', 'gated', 'retry', 'awaiting')
         AND (t.workspace_id, t.shard, t.priority) > (there.workspace_id, there.shard, there.priority)
       ORDER BY t.workspace_id, t.shard, t.priority LIMIT 1) AS n
  )
  SELECT DISTINCT there.workspace_id, there.shard FROM there
   WHERE EXISTS (SELECT FROM automation_token t
                  WHERE t.workspace_id = there.workspace_id AND t.shard = there.shard
                    AND t.priority = there.priority AND t.state IN ('scheduled', 'gated', 'retry', 'awaiting')
                    AND t.due_at <= now())
$$
"""


class Migration(migrations.Migration):
    dependencies = [("automation", "0007_carrying")]

    operations = [DefinerFunction("automation_due_shards()", DUE_SHARDS)]
