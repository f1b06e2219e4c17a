"""Rows `tasks_500k`, 500,000 tasks of which 20,000 are to be done, and `repeat_10_years`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.figures import Found, percentile, rounded, spread

if TYPE_CHECKING:
    from bench.work import Bench

ROUNDS = 5
# One in 25 is still to be done, half of those by the one who looks; deadlines lie around today.
TASKS = """
INSERT INTO tasks_task (workspace_id, kind, place, phone, repeat, title, description, board_id, step_id, position,
                        priority, assignee_id, created_by_id, source, due_at, due_is_day, created_at, updated_at, done_at)
SELECT %(ws)s, 'task', '', '', CASE WHEN n %% 500 = 0 THEN 'FREQ=WEEKLY' ELSE '' END,
       (ARRAY['Ligar', 'Enviar proposta', 'Cobrar resposta', 'Marcar visita', 'Revisar contrato'])[1 + n %% 5] || ' ' || n,
       '', %(board)s, CASE WHEN n %% 25 > 0 THEN %(done)s WHEN n %% 50 = 0 THEN %(new)s ELSE %(progress)s END,
       -n, 1 + n %% 3, CASE WHEN n %% 50 = 0 THEN %(member)s END, %(member)s, 'manual',
       CASE WHEN n %% 7 > 0 THEN now() + make_interval(hours => (n / 25)::int %% 960 - 480) END, false,
       now() - make_interval(mins => n::int), now(), CASE WHEN n %% 25 > 0 THEN now() - make_interval(mins => n::int) END
  FROM generate_series(1, %(count)s) AS n
"""
TAGGED = """
INSERT INTO tasks_tasktag (workspace_id, task_id, tag_id)
SELECT %(ws)s, id, %(tag)s FROM tasks_task WHERE workspace_id = %(ws)s AND id %% 10 = 0
"""


def measure(bench: Bench) -> Found:
    """The 95th percentile over My day, list, board, calendar and search, first pages and later ones."""
    size = bench.size(500_000, 50_000)
    site = bench.empty("tasks")
    with site.database():
        workspace_id = site.set_up("Medida")
        places = site.inside("plan", workspace_id=workspace_id, asked="prepare")
        with site.connect() as admin:
            said = {name: number for name, number in places.items() if name != "tag"}
            admin.execute(TASKS, {"ws": workspace_id, "count": size, **said})
            admin.execute(TAGGED, {"ws": workspace_id, "tag": places["tag"]})
            admin.execute("VACUUM ANALYZE")
        ours = site.inside("plan", workspace_id=workspace_id, asked="look", rounds=ROUNDS)
    seconds = [second for times in ours["seconds"].values() for second in times]
    each = {name: rounded(1000 * percentile(times, 0.95)) for name, times in ours["seconds"].items()}
    misses = tuple(f"{name} drew nothing" for name, number in ours["drawn"].items() if not number)
    return Found(1000 * percentile(seconds, 0.95), None, {"tasks": size, "ms_p95": each}, misses)


def measure_repeating(bench: Bench) -> Found:
    """Ten years of a task that repeats every day, the first time and the times after it."""
    site = bench.empty("repeating")
    with site.database():
        workspace_id = site.set_up("Medida")
        ours = site.inside("plan", workspace_id=workspace_id, asked="repeat", rounds=20)
    details = {"cold": rounded(1000 * ours["cold"]), "occurrences": ours["count"], **spread(ours["seconds"])}
    misses = () if ours["count"] == ours["expected"] else (f"{ours['count']} of {ours['expected']}",)
    return Found(1000 * percentile(ours["seconds"], 0.95), None, details, misses)
