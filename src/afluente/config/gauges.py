"""Numbers for `GET /metrics` that are looked up when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, close_old_connections

from afluente.kernel import job_statements, metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from afluente.kernel.health import Watch
    from afluente.kernel.metrics import Sample
    from afluente.kernel.streams import Hub


def publish_gauges(*, hub: Hub, watch: Watch) -> None:
    """Publish what the web process itself knows. Slices publish their own in `AppConfig.ready`."""
    metrics.gauge("afluente_streams_open", "Open live streams.", lambda: [({}, hub.count)])
    metrics.gauge(
        "afluente_database_up", "1 when the database answers.", lambda: [({}, watch.health.has_database)]
    )
    metrics.gauge(
        "afluente_worker_heartbeat_age_seconds",
        "Seconds since a worker was last alive.",
        lambda: _known(watch.health.worker_age),
    )
    metrics.gauge("afluente_jobs", "Background jobs by state; planned ones are not due yet.", _jobs)


def _known(value: float | None) -> list[Sample]:
    return [] if value is None else [({}, round(value, 1))]


def _jobs() -> Iterator[Sample]:
    close_old_connections()
    try:
        found = job_statements.count_by_state()
    except DatabaseError:
        return  # afluente_database_up says so
    for state in ("waiting", "planned", "running", "dead"):
        yield {"state": state}, found.get(state, 0)
