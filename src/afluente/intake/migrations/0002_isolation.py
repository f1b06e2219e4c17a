"""Isolate by workspace; let the worker ask which workspaces have something waiting."""

from django.db import migrations

from afluente.kernel.rls import DefinerFunction, DefinerMayRead, SecureTable

# The worker serves all workspaces and row-level security shows it none: this tells it where to look,
# and nothing else. One index probe per workspace with waiting rows (a loose index scan).
DUE_WORKSPACES = """
CREATE FUNCTION intake_due_workspaces() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE due AS (
    (SELECT workspace_id FROM intake_rawevent
      WHERE state = 'waiting' AND due_at <= now() ORDER BY workspace_id LIMIT 1)
    UNION ALL
    SELECT (SELECT e.workspace_id FROM intake_rawevent e
             WHERE e.state = 'waiting' AND e.due_at <= now() AND e.workspace_id > due.workspace_id
             ORDER BY e.workspace_id LIMIT 1)
      FROM due WHERE due.workspace_id IS NOT NULL
  )
  SELECT workspace_id FROM due WHERE workspace_id IS NOT NULL
$$
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("deals", "0002_isolation")]

    operations = [
        SecureTable("dealrule"),
        SecureTable("dealrulemember", anchor=False),
        SecureTable("source"),
        SecureTable("rawevent", anchor=False),
        DefinerMayRead("rawevent"),
        DefinerFunction("intake_due_workspaces()", DUE_WORKSPACES),
    ]
