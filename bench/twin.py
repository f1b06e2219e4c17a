"""The floor of `effect`: the rows that the product wrote, written again by one plain statement per
table and batch.

The rows are copied aside, then inserted for a second workspace by the serving role: the same widths,
indexes, foreign keys and row-level security, the same batches, but nothing to read, find or decide.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from bench.machine import cpu_seconds

if TYPE_CHECKING:
    import psycopg

    from bench.product import Site

    Connection = psycopg.Connection[tuple[Any, ...]]

# What rows point at, made the same under the same numbers.
GROUND = ("accounts_membership", "intake_source", "deals_pipeline", "deals_stage")
# In the order they are written, and the batch that each row belongs to.
WRITTEN = {
    "contacts_contact": "SELECT b.batch, t.* FROM contacts_contact t JOIN bench.people b ON b.id = t.id",
    "contacts_contactemail": "SELECT b.batch, t.* FROM contacts_contactemail t JOIN bench.people b ON b.id = t.contact_id",
    "contacts_contactphone": "SELECT b.batch, t.* FROM contacts_contactphone t JOIN bench.people b ON b.id = t.contact_id",
    "contacts_contactsearch": "SELECT b.batch, t.* FROM contacts_contactsearch t JOIN bench.people b ON b.id = t.id",
    "deals_deal": "SELECT e.batch, t.* FROM deals_deal t JOIN bench.events e ON e.deal_id = t.id",
    "deals_dealcontact": "SELECT e.batch, t.* FROM deals_dealcontact t JOIN bench.events e ON e.deal_id = t.deal_id",
    "timeline_event": """
      SELECT COALESCE(e.batch, b.batch) AS batch, t.* FROM timeline_event t
        LEFT JOIN bench.events e ON e.deal_id = t.deal_id
        LEFT JOIN bench.people b ON b.id = t.contact_id""",
}
ASIDE = """
CREATE SCHEMA bench;
CREATE UNLOGGED TABLE bench.events AS
  SELECT (row_number() OVER (ORDER BY id) - 1) / {batch} AS batch, id, contact_id, deal_id,
         row_number() OVER (PARTITION BY contact_id ORDER BY id) > 1 AS is_known
    FROM intake_rawevent WHERE workspace_id = {source} ORDER BY id;
CREATE UNLOGGED TABLE bench.people AS
  SELECT contact_id AS id, min(batch) AS batch FROM bench.events GROUP BY 1;
"""
# The words of the search index begin with the workspace's number.
RENAME_WORDS = """
UPDATE bench.contacts_contactsearch
   SET words = array_to_tsvector(ARRAY(SELECT regexp_replace(w, '^[0-9]+', '{target}')
                                         FROM unnest(tsvector_to_array(words)) AS w))
"""
ENRICH = """
UPDATE contacts_contact c SET updated_at = now(), utm_last = c.utm_first FROM bench.events e
 WHERE e.batch = %(batch)s AND e.is_known AND c.workspace_id = %(target)s AND c.id = e.contact_id
"""
COUNT = "UPDATE deals_dealcounter SET last_number = last_number + {batch} WHERE workspace_id = {target}"
FINISH = """
UPDATE intake_rawevent r
   SET state = 'done', contact_id = e.contact_id, deal_id = e.deal_id, attempts = 1, ended_at = now()
  FROM bench.events e WHERE e.batch = %(batch)s AND r.workspace_id = %(target)s AND r.id = e.id
"""


def write_again(site: Site, *, source: int, target: int, batch: int) -> dict[str, float]:
    """Write for `target` what `source` has; seconds on the clock and of both processors."""
    with site.connect() as admin:
        _copy_aside(admin, source, target, batch)
        statements = [_insertion(admin, table, target) for table in WRITTEN]
        (batches,) = admin.execute("SELECT max(batch) + 1 FROM bench.events").fetchone() or (0,)
    statements += [ENRICH, COUNT.format(batch=batch, target=target), FINISH]
    with site.connect_as_app() as connection:
        connection.execute("SELECT set_config('app.ws', %s, false)", [str(target)])
        backend = connection.info.backend_pid
        cpu, backend_cpu, began = time.process_time(), cpu_seconds(backend), time.perf_counter()
        for number in range(batches):
            with connection.transaction():
                for statement in statements:
                    connection.execute(statement, {"batch": number, "target": target})  # type: ignore[arg-type]
        return {
            "seconds": time.perf_counter() - began,
            "client_cpu": time.process_time() - cpu,
            "backend_cpu": cpu_seconds(backend) - backend_cpu,
        }


def _copy_aside(admin: Connection, source: int, target: int, batch: int) -> None:
    for statement in ASIDE.format(source=source, batch=batch).split(";"):
        if statement.strip():
            admin.execute(statement)  # type: ignore[arg-type]
    for table, query in WRITTEN.items():
        admin.execute(
            f"CREATE UNLOGGED TABLE bench.{table} AS {query} WHERE t.workspace_id = {source} ORDER BY t.id"  # type: ignore[arg-type]
        )
        admin.execute(f"CREATE INDEX ON bench.{table} (batch)")  # type: ignore[arg-type]
    admin.execute(RENAME_WORDS.format(target=target))  # type: ignore[arg-type]
    admin.execute("CREATE INDEX ON bench.events (batch)")
    admin.execute("GRANT USAGE ON SCHEMA bench TO afluente_app")
    admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA bench TO afluente_app")
    with admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        for table in (*GROUND, "intake_rawevent"):
            columns = _columns(admin, table)
            admin.execute(f"DELETE FROM {table} WHERE workspace_id = {target}")  # type: ignore[arg-type]  # noqa: S608
            admin.execute(
                f"INSERT INTO {table} (workspace_id, {columns}) SELECT {target}, {columns} FROM {table}"  # type: ignore[arg-type]  # noqa: S608
                f" WHERE workspace_id = {source}"
            )
    admin.execute(
        f"UPDATE intake_rawevent SET state = 'waiting', contact_id = NULL, deal_id = NULL, ended_at = NULL"  # type: ignore[arg-type]  # noqa: S608
        f" WHERE workspace_id = {target}"
    )
    admin.execute("VACUUM ANALYZE")
    admin.execute("CHECKPOINT")


def _insertion(admin: Connection, table: str, target: int) -> str:
    columns = _columns(admin, table)
    return (
        f"INSERT INTO {table} (workspace_id, {columns}) SELECT {target}, {columns}"  # noqa: S608
        f" FROM bench.{table} WHERE batch = %(batch)s"
    )


def _columns(admin: Connection, table: str) -> str:
    """The columns a statement writes: not the workspace, nor what the database works out itself."""
    rows = admin.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
        " AND is_generated = 'NEVER' AND column_name NOT IN ('workspace_id', 'tx') ORDER BY ordinal_position",
        [table],
    ).fetchall()
    return ", ".join(row[0] for row in rows)
