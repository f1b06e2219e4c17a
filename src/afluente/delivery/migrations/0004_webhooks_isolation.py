"""Isolate by workspace; let the worker ask where a call is due, and where old ones can go."""

from django.db import migrations

from afluente.kernel.rls import DefinerFunction, DefinerMayRead, SecureTable

# What nobody was woken for: few calls wait at any time, and only they are in the index.
DUE = """
CREATE FUNCTION delivery_calls_due(OUT workspace_id bigint, OUT endpoint_id bigint) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT c.workspace_id, c.endpoint_id FROM delivery_call c
    LEFT JOIN delivery_endpoint e ON e.workspace_id = c.workspace_id AND e.id = c.endpoint_id
   WHERE c.state IN ('queued', 'sending') AND c.due_at <= now()
     AND (e.id IS NULL OR e.is_on AND (e.wait_until IS NULL OR e.wait_until <= now()))
$$
"""
OLD = """
CREATE FUNCTION delivery_calls_old(before timestamptz, OUT workspace_id bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT c.workspace_id FROM delivery_call c WHERE c.ended_at < before
$$
"""
# Rows that change often while they are on their way: room for changes in place, and vacuum before it is felt.
KEPT_LEAN = """
ALTER TABLE delivery_call SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0003_webhooks")]

    operations = [
        SecureTable("endpoint"),
        SecureTable("call", anchor=False),
        SecureTable("attempt", anchor=False),
        DefinerMayRead("endpoint"),
        DefinerMayRead("call"),
        DefinerFunction("delivery_calls_due()", DUE),
        DefinerFunction("delivery_calls_old(timestamptz)", OLD),
        migrations.RunSQL(KEPT_LEAN, migrations.RunSQL.noop),
    ]
