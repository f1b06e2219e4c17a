"""Isolate by workspace, and let readers follow the log by writing transaction."""

from django.db import migrations

from afluente.kernel.rls import SecureTable

# Ids are given out before commit, so a reader that remembers "the last id I saw" misses a row that
# commits late. A reader that remembers the oldest transaction still running when it looked does not.
FOLLOW = """
ALTER TABLE timeline_event
  ADD COLUMN tx bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);
CREATE INDEX timeline_event_tx ON timeline_event (workspace_id, tx);
"""


class Migration(migrations.Migration):
    dependencies = [("timeline", "0001_initial"), ("accounts", "0002_isolation")]

    operations = [
        # No anchor: a shared lock on the workspace's row at every event would be felt.
        SecureTable("event", anchor=False),
        SecureTable("comment", anchor=False),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
    ]
