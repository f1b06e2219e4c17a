"""Rows `move` and `move_10000`: deals into another stage, by `move_deals`."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import pipeline
from bench.figures import Found, rounded, spread

if TYPE_CHECKING:
    import psycopg

    from bench.work import Bench

    Connection = psycopg.Connection[tuple[Any, ...]]

UPDATE = """
UPDATE deals_deal SET stage_id = %(to)s, stage_epoch = stage_epoch + 1, stage_entered_at = now(), updated_at = now(),
       position = -(extract(epoch FROM clock_timestamp()) * 1000000)::bigint - id
 WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s)
"""
TELL = """
INSERT INTO timeline_event (workspace_id, at, kind, contact_id, deal_id, actor_kind, actor_name, data)
SELECT %(ws)s, now(), 'deal.moved', c.contact_id, c.deal_id, 'member', 'Medida',
       jsonb_build_object('from', %(from)s::bigint, 'from_name', 'Novo', 'from_pipeline', 1, 'to', %(to)s::bigint,
                          'to_name', 'Em andamento', 'to_kind', 'open', 'pipeline', 1, 'epoch', 2)
  FROM deals_dealcontact c WHERE c.workspace_id = %(ws)s AND c.deal_id = ANY(%(ids)s) AND c.is_primary
"""


def measure_one(bench: Bench) -> Found:
    """One deal at a time, with its transaction."""
    with pipeline.open_site(bench, "move", deals=1_000) as board:
        count = bench.size(300, 60)
        ours = board.site.inside(
            "move", workspace_id=board.workspace_id, stages=board.stages[:2], ones=count, bulks=0
        )
        floor = _floor(board, size=1, times=count)
    details = {**spread(ours["ones"]), "floor": spread(floor), "moves": count}
    return Found(
        median(ours["ones"]) * 1000, median(floor) * 1000, details | {"floor_ms": details.pop("floor")}
    )


def measure_bulk(bench: Bench) -> Found:
    """Ten thousand deals in one call; the best of three."""
    size = bench.size(10_000, 2_000)
    with pipeline.open_site(bench, "move", deals=size) as board:
        ours = board.site.inside(
            "move", workspace_id=board.workspace_id, stages=board.stages[:2], ones=0, bulks=3
        )
        floor = _floor(board, size=size, times=3)
    runs = {"deals": size, "runs_s": [rounded(one) for one in ours["bulks"]]}
    return Found(min(ours["bulks"]), min(floor), runs | {"floor_runs_s": [rounded(one) for one in floor]})


def _floor(board: pipeline.Board, *, size: int, times: int) -> list[float]:
    """The same by an UPDATE and an INSERT in one transaction."""
    seconds = []
    with board.site.connect_as_app() as connection:
        connection.execute("SELECT set_config('app.ws', %s, false)", [str(board.workspace_id)])
        for number in range(times):
            ids = board.deals[:size] if size > 1 else [board.deals[number % len(board.deals)]]
            to, origin = board.stages[number % 2], board.stages[(number + 1) % 2]
            said = {"ws": board.workspace_id, "to": to, "from": origin, "ids": ids}
            began = time.perf_counter()
            with connection.transaction():
                connection.execute(UPDATE, said)
                connection.execute(TELL, said)
            seconds.append(time.perf_counter() - began)
    return seconds
