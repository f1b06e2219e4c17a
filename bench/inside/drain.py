"""The worker's loop over what waits, timed."""

from __future__ import annotations

import time
from typing import Any

from bench import inside
from bench.machine import family_seconds, parent


def drain(*, workspace_id: int) -> dict[str, Any]:
    """Apply everything that waits; seconds on the clock and of both processors."""
    from django.db import connection  # noqa: PLC0415  set up first

    from afluente.intake import jobs  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    with scope(workspace_id), connection.cursor() as cursor:  # also opens the connection
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    postmaster = parent(backend)
    cpu, backend_cpu, began = time.process_time(), family_seconds(postmaster), time.perf_counter()
    taken = jobs.drain()
    return {
        "taken": taken,
        "seconds": time.perf_counter() - began,
        "worker_cpu": time.process_time() - cpu,
        "backend_cpu": family_seconds(postmaster) - backend_cpu,
    }


if __name__ == "__main__":
    inside.answer(drain)
