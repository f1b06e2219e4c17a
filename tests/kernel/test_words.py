"""Words of records that were there before their index: an upgrade writes them for every workspace."""

from __future__ import annotations

import pytest
from django.db import connections

from afluente.kernel import words

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
TABLES = """
CREATE TABLE thing (workspace_id bigint, id bigint, name text);
INSERT INTO thing VALUES (1, 7, 'oak kitchen'), (2, 8, 'oak');
CREATE TABLE thing_search (workspace_id bigint, id bigint, words tsvector);
ALTER TABLE thing_search ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON thing_search
 USING (workspace_id = NULLIF(current_setting('app.ws', true), '')::bigint);
"""
NAMES = {"slice": "tasks", "table": "thing", "search": "thing_search", "folded": "name"}


def test_an_upgrade_gives_words_to_what_all_workspaces_have():
    with connections["owner"].cursor() as cursor:
        cursor.execute(TABLES)

        cursor.execute(words.filled(words.FILL, NAMES))

        cursor.execute("SELECT set_config('app.ws', '1', true)")
        cursor.execute("SELECT id, words::text FROM thing_search")
        assert cursor.fetchall() == [(7, "'1.0:kitchen' '1.0:oak'")]  # and nobody sees another's afterwards
        cursor.execute("SELECT set_config('app.ws', '2', true)")
        cursor.execute("SELECT id FROM thing_search")
        assert cursor.fetchall() == [(8,)]
