"""Isolate triggers by workspace; let the worker ask where something was heard."""

from django.db import migrations

from afluente.kernel.rls import DefinerFunction, DefinerMayRead, SecureTable

# One index probe per workspace in which something waits (a loose index scan).
HEARD_WORKSPACES = """
CREATE FUNCTION automation_heard_workspaces() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE there AS (
    (SELECT h.workspace_id FROM automation_heard h WHERE h.looked_at IS NULL ORDER BY h.workspace_id LIMIT 1)
    UNION ALL
    SELECT n.workspace_id FROM there, LATERAL (
      SELECT h.workspace_id FROM automation_heard h
       WHERE h.looked_at IS NULL AND h.workspace_id > there.workspace_id
       ORDER BY h.workspace_id LIMIT 1) AS n
  )
  SELECT there.workspace_id FROM there
$$
"""
KEPT_LEAN = "ALTER TABLE automation_heard SET (autovacuum_vacuum_scale_factor = 0.02);"


class Migration(migrations.Migration):
    dependencies = [("automation", "0003_triggers")]

    operations = [
        SecureTable("trigger"),
        SecureTable("heard", anchor=False),
        SecureTable("firing", anchor=False),
        SecureTable("frozen", anchor=False),
        DefinerMayRead("heard"),
        DefinerFunction("automation_heard_workspaces()", HEARD_WORKSPACES),
        migrations.RunSQL(KEPT_LEAN, migrations.RunSQL.noop),
    ]
