"""Isolate mailboxes; say anywhere that one is to be looked into."""

from django.db import migrations

from afluente.kernel.rls import DefinerFunction, DefinerMayRead, SecureTable

DUE = """
CREATE FUNCTION delivery_mailboxes_due() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT workspace_id FROM delivery_mailbox WHERE wait_until <= now()
$$
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0015_mailbox")]

    operations = [
        SecureTable("mailbox"),
        DefinerMayRead("mailbox"),
        DefinerFunction("delivery_mailboxes_due()", DUE),
    ]
