"""Isolate audiences and who is in them; say anywhere that somebody waits."""

from django.db import migrations

from afluente.kernel.rls import DefinerFunction, DefinerMayRead, SecureTable

DUE = """
CREATE FUNCTION delivery_audiences_due(OUT workspace_id bigint, OUT audience_id bigint) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.workspace_id, a.id FROM delivery_audience a
   WHERE a.is_on AND (a.wait_until IS NULL OR a.wait_until <= now())
     AND EXISTS (SELECT FROM delivery_audiencemember m
                  WHERE m.workspace_id = a.workspace_id AND m.audience_id = a.id AND NOT m.state = 'in')
$$
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0013_audiences")]

    operations = [
        SecureTable("audience"),
        SecureTable("audiencemember", anchor=False),
        DefinerMayRead("audience"),
        DefinerMayRead("audiencemember"),
        DefinerFunction("delivery_audiences_due()", DUE),
    ]
