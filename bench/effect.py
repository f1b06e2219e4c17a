"""Row `effect`: from raw events to contacts, deals and history, by the worker's own loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import twin
from bench.figures import Found, rounded

if TYPE_CHECKING:
    from bench.work import Bench

BATCH = 500  # as intake.services.applying has it
PER_CPU_SECOND = 3000

# One lead in ten is about somebody who has written before.
ARRIVALS = """
INSERT INTO intake_rawevent
       (workspace_id, public_id, source_id, key, body, body_digest, content_type, context, received_at,
        state, attempts, due_at, error, notes)
SELECT %(ws)s, gen_random_uuid(), %(source)s, 'k' || n, convert_to(body::text, 'UTF8'),
       encode(sha256(convert_to(body::text, 'UTF8')), 'hex'), 'application/json',
       '{"token": "Command line", "address": "127.0.0.1", "headers": {"user-agent": "bench"}}',
       now(), 'waiting', 0, now(), '', '[]'
  FROM generate_series(1, %(count)s) AS n,
       LATERAL (SELECT CASE WHEN n %% 10 = 9 THEN n / 2 ELSE n END AS who) AS w,
       LATERAL (SELECT jsonb_build_object(
         'contact', jsonb_build_object('name', 'João ' || chr(65 + who %% 26) || 'ssunção da Silva ' || who %% 97,
                                       'email', 'cliente' || who || '@empresa' || who %% 50 || '.example',
                                       'phone', '+55119' || 10000000 + who),
         'deal', jsonb_build_object('amount', 100 + n %% 9000, 'currency', 'BRL'),
         'utm', jsonb_build_object('source', 'google', 'medium', 'cpc', 'campaign', 'verao-' || n %% 7),
         'page', 'https://empresa.example/planos',
         'custom', jsonb_build_object('plano', 'anual', 'origem', 'landing-' || n %% 20)) AS body) AS b
"""


def measure(bench: Bench) -> Found:
    """Events per second through `intake.jobs.drain`, next to the same rows written by plain statements."""
    count = bench.size(20_000, 4_000)
    site = bench.empty("effect")
    with site.database():
        ours_id, twin_id = site.set_up("Medida"), site.set_up("Gêmea")
        with site.connect() as connection:
            (source_id,) = connection.execute(
                "SELECT min(id) FROM intake_source WHERE workspace_id = %s AND kind = 'api'", [ours_id]
            ).fetchone() or (0,)
            connection.execute(ARRIVALS, {"ws": ours_id, "source": source_id, "count": count})
            connection.execute("VACUUM ANALYZE intake_rawevent")  # the rest is as on the first day
            connection.execute("CHECKPOINT")
        done = site.inside("drain", workspace_id=ours_id)
        if done["taken"] != count:
            raise RuntimeError(f"{done['taken']} of {count} events were taken.")
        floor = twin.write_again(site, source=ours_id, target=twin_id, batch=BATCH)
    per_worker, per_both = count / done["worker_cpu"], count / (done["worker_cpu"] + done["backend_cpu"])
    details = {
        "events": count,
        "batch": BATCH,
        "per_cpu_second_worker": rounded(per_worker),
        "per_cpu_second_with_backend": rounded(per_both),
        "floor_per_cpu_second_with_backend": rounded(count / (floor["client_cpu"] + floor["backend_cpu"])),
        "worker_cpu_s": rounded(done["worker_cpu"]),
        "backend_cpu_s": rounded(done["backend_cpu"]),
        "floor_backend_cpu_s": rounded(floor["backend_cpu"]),
    }
    missed = (
        () if per_worker >= PER_CPU_SECOND else (f"{PER_CPU_SECOND} events per CPU-second of the worker",)
    )
    return Found(count / done["seconds"], count / floor["seconds"], details, missed)
