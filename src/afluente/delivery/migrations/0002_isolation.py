"""Isolate by workspace; let the worker ask where something is due."""

from django.db import migrations

from afluente.kernel.rls import DefinerFunction, DefinerMayRead, SecureTable

# What nobody was woken for: few rows wait at any time, and only they are in these indexes.
DUE = """
CREATE FUNCTION delivery_due(OUT workspace_id bigint, OUT channel text) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT m.workspace_id, m.channel::text FROM delivery_message m
   WHERE m.state = 'queued' AND m.due_at <= now()
   UNION
  SELECT DISTINCT m.workspace_id, m.channel::text FROM delivery_message m
   WHERE m.state = 'sending' AND m.lease_until < now()
$$
"""
# Rows that change often while they are on their way: room for changes in place, and vacuum before it is felt.
KEPT_LEAN = """
ALTER TABLE delivery_message SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial")]

    operations = [
        SecureTable("sender"),
        SecureTable("template"),
        SecureTable("message"),
        SecureTable("consent", anchor=False),
        SecureTable("suppression"),
        DefinerMayRead("message"),
        DefinerFunction("delivery_due()", DUE),
        migrations.RunSQL(KEPT_LEAN, migrations.RunSQL.noop),
    ]
