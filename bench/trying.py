"""Row `backtest_50000`: rules tried on what happened to 10,000 deals in a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import pipeline
from bench.figures import Found, rounded

if TYPE_CHECKING:
    from bench.work import Bench

MOVES = 5  # of each deal in the month, stage after stage, up to where it is now
HAPPENED = """
INSERT INTO timeline_event (workspace_id, at, kind, contact_id, deal_id, actor_kind, actor_name, data)
SELECT %(ws)s, now() - interval '29 days' + k * interval '5 days' + (d.id %% 7000) * interval '1 minute', 'deal.moved',
       c.contact_id, d.id, 'member', 'Medida',
       jsonb_build_object('from', s.ids[1 + (n.at + 12 - %(moves)s + k) %% 6], 'from_name', 'Novo', 'from_pipeline', d.pipeline_id,
                          'to', s.ids[1 + (n.at + 13 - %(moves)s + k) %% 6], 'to_name', 'Em andamento', 'to_kind', 'open',
                          'pipeline', d.pipeline_id, 'epoch', k + 2)
  FROM deals_deal d
  JOIN deals_dealcontact c ON c.workspace_id = d.workspace_id AND c.deal_id = d.id AND c.is_primary
 CROSS JOIN (SELECT %(stages)s::bigint[] AS ids) AS s
 CROSS JOIN LATERAL (SELECT array_position(s.ids, d.stage_id) - 1 AS at) AS n
 CROSS JOIN generate_series(0, %(moves)s - 1) AS k
 WHERE d.workspace_id = %(ws)s
 ORDER BY 2
"""


def measure(bench: Bench) -> Found:
    """From its beginning until its rows can be looked at; six rules in two of the six stages."""
    size = bench.size(10_000, 1_000)
    with pipeline.open_site(bench, "backtest", deals=size) as board:
        told = {"ws": board.workspace_id, "stages": board.stages, "moves": MOVES}
        with board.site.connect() as admin:
            admin.execute(HAPPENED, told)
            admin.execute("VACUUM ANALYZE timeline_event")
        ours = board.site.inside("try_out", workspace_id=board.workspace_id, stages=board.stages[2:4])
    expected = size * MOVES
    misses = () if ours["events"] == expected else (f"{ours['events']} of {expected} events were told",)
    details = {"events": ours["events"], "rows": ours["rows"], "cpu_s": rounded(ours["cpu"])}
    return Found(ours["seconds"], None, details, misses)
