"""A workspace with open deals over six stages, made by set statements."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import bodies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.product import Site
    from bench.work import Bench

MORE_STAGES = """
INSERT INTO deals_stage (workspace_id, pipeline_id, name, kind, required, position)
SELECT %(ws)s, %(pipeline)s, 'Etapa ' || n, 'open', '[]', 1000 + n FROM generate_series(1, %(count)s) AS n
"""
# Won and lost come last.
LAST_STAGES = "UPDATE deals_stage SET position = position + 2000 WHERE workspace_id = %s AND kind <> 'open'"
DEALS = """
WITH people AS (
  INSERT INTO contacts_contact (workspace_id, first_name, last_name, source, source_name, utm_first, utm_last, created_at, updated_at)
  SELECT %(ws)s, (%(first)s::text[])[1 + n %% 16], (%(last)s::text[])[1 + n %% 12], 'form', 'Contato', '{}', '{}', now(), now()
    FROM generate_series(1, %(count)s) AS n RETURNING id
), numbered AS (SELECT id AS contact_id, row_number() OVER (ORDER BY id) AS n FROM people
), made AS (
  INSERT INTO deals_deal (workspace_id, number, name, amount, currency, pipeline_id, stage_id, stage_epoch, stage_entered_at,
                          position, assignee_id, source, source_name, lost_reason, created_at, updated_at)
  SELECT %(ws)s, n, 'Plano anual para a empresa ' || n, 100 + n %% 9000, 'BRL', %(pipeline)s,
         (%(stages)s::bigint[])[1 + n %% cardinality(%(stages)s::bigint[])], 1, now() - make_interval(hours => n::int %% 400),
         -n, CASE WHEN n %% 3 > 0 THEN %(member)s END, 'form', 'Contato', '', now(), now()
    FROM numbered RETURNING id, number
)
INSERT INTO deals_dealcontact (workspace_id, deal_id, contact_id, is_primary)
SELECT %(ws)s, made.id, contact_id, true FROM made JOIN numbered ON made.number = numbered.n
"""
STAGES_WANTED = 6


@dataclass(frozen=True)
class Board:
    """A filled workspace; its database is running."""

    site: Site
    workspace_id: int
    stages: list[int]
    deals: list[int]


@contextmanager
def open_site(bench: Bench, name: str, *, deals: int) -> Iterator[Board]:
    """A fresh site with `deals` open deals; only its database runs."""
    site = bench.empty(name)
    with site.database():
        yield fill(site, deals)


def fill(site: Site, count: int) -> Board:
    """Make a workspace and fill its first pipeline. The database must be running."""
    workspace_id = site.set_up("Medida")
    with site.connect() as admin:
        (pipeline,) = admin.execute(
            "SELECT min(id) FROM deals_pipeline WHERE workspace_id = %s", [workspace_id]
        ).fetchone() or (0,)
        (member,) = admin.execute(
            "SELECT min(id) FROM accounts_membership WHERE workspace_id = %s", [workspace_id]
        ).fetchone() or (0,)
        own = "SELECT id FROM deals_stage WHERE workspace_id = %s AND kind = 'open' ORDER BY position, id"
        present = len(admin.execute(own, [workspace_id]).fetchall())
        admin.execute(LAST_STAGES, [workspace_id])
        admin.execute(
            MORE_STAGES, {"ws": workspace_id, "pipeline": pipeline, "count": STAGES_WANTED - present}
        )
        stages = [row[0] for row in admin.execute(own, [workspace_id]).fetchall()]
        said = {"ws": workspace_id, "pipeline": pipeline, "stages": stages, "member": member, "count": count}
        admin.execute(DEALS, said | {"first": bodies.FIRST, "last": bodies.LAST})
        admin.execute(
            "UPDATE deals_dealcounter SET last_number = %s WHERE workspace_id = %s", [count, workspace_id]
        )
        deals = [
            row[0]
            for row in admin.execute(
                "SELECT id FROM deals_deal WHERE workspace_id = %s ORDER BY id", [workspace_id]
            )
        ]
        admin.execute("VACUUM ANALYZE")
        admin.execute("CHECKPOINT")
    return Board(site, workspace_id, stages, deals)
