"""Row `deals_1m`: board, list, many moved and search among 1,000,000 deals, 10,000 of them open in one pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import pipeline
from bench.figures import Found, percentile, rounded

if TYPE_CHECKING:
    from bench.work import Bench

ROUNDS = 5
OPEN = 10_000
# The others were won or lost over two years, each with one of the people who are there.
PAST = """
WITH made AS (
  INSERT INTO deals_deal (workspace_id, number, name, amount, currency, pipeline_id, stage_id, stage_epoch, stage_entered_at,
                          position, assignee_id, source, source_name, lost_reason, created_at, updated_at, closed_at)
  SELECT %(ws)s, %(before)s + n, (ARRAY['Plano anual', 'Loja virtual', 'Site institucional', 'Renovação', 'Manutenção'])[1 + n %% 5]
         || ' ' || (ARRAY['Aurora', 'Boreal', 'Cedro', 'Delta', 'Estrela', 'Figueira', 'Granito'])[1 + n %% 7]
         || CASE WHEN n %% 1000 = 0 THEN ' Vortanelo' || n ELSE ' ' || n END,
         100 + n %% 9000, 'BRL', %(pipeline)s, CASE WHEN n %% 3 = 0 THEN %(won)s ELSE %(lost)s END, 3,
         now() - make_interval(mins => n::int), -n, %(member)s, 'form', 'Contato', '', now() - make_interval(mins => n::int),
         now() - make_interval(mins => n::int), now() - make_interval(mins => n::int)
    FROM generate_series(1, %(count)s) AS n RETURNING id, number
)
INSERT INTO deals_dealcontact (workspace_id, deal_id, contact_id, is_primary)
SELECT %(ws)s, made.id, (%(people)s::bigint[])[1 + made.number %% cardinality(%(people)s::bigint[])], true FROM made
"""


def measure(bench: Bench) -> Found:
    """The 95th percentile over every screen, first pages and later ones, and words in the search box."""
    size, opened = bench.size(1_000_000, 100_000), bench.size(OPEN, 2_000)
    with pipeline.open_site(bench, "deals", deals=opened) as board:
        _add_past(board, size - opened)
        ours = board.site.inside("deals", workspace_id=board.workspace_id, rounds=ROUNDS)
    seconds = [second for times in ours["seconds"].values() for second in times]
    each = {name: rounded(1000 * percentile(times, 0.95)) for name, times in ours["seconds"].items()}
    misses = tuple(f"{name} found nothing" for name, number in ours["found"].items() if not number)
    details = {"deals": size, "open": opened, "ms_p95": each, "bulk_move_s": rounded(ours["bulk_move"])}
    return Found(1000 * percentile(seconds, 0.95), None, details, misses)


def _add_past(board: pipeline.Board, count: int) -> None:
    """Deals that are over, made by one statement."""
    own = {"ws": board.workspace_id, "before": len(board.deals), "count": count}
    with board.site.connect() as admin:
        rows = admin.execute(
            "SELECT kind, min(id), min(pipeline_id) FROM deals_stage WHERE workspace_id = %(ws)s AND kind <> 'open' GROUP BY 1",
            own,
        ).fetchall()
        places = {kind: number for kind, number, _ in rows}
        people = [
            row[0]
            for row in admin.execute("SELECT id FROM contacts_contact WHERE workspace_id = %(ws)s", own)
        ]
        (member,) = admin.execute(
            "SELECT min(id) FROM accounts_membership WHERE workspace_id = %(ws)s", own
        ).fetchone() or (0,)
        said = {**own, **places, "pipeline": rows[0][2], "member": member, "people": people}
        admin.execute(PAST, said)
        admin.execute("VACUUM ANALYZE")
        admin.execute("CHECKPOINT")
