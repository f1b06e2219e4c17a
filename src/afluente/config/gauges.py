"""Numbers for `GET /metrics` that are looked up when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import DatabaseError, close_old_connections, connection

from afluente.config import statements
from afluente.kernel import job_statements, metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from afluente.kernel.health import Watch
    from afluente.kernel.metrics import Sample
    from afluente.kernel.streams import Hub

T = TypeVar("T")
STATES = ("waiting", "planned", "running", "dead")


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
    metrics.gauge("afluente_intake", "Arrivals that wait or failed, over all workspaces.", _intake)


def _known(value: float | None) -> list[Sample]:
    return [] if value is None else [({}, round(value, 1))]


def _jobs() -> Iterator[Sample]:
    found = _asked(job_statements.count_by_state)
    if found is not None:
        yield from (({"state": state}, found.get(state, 0)) for state in STATES)


def _intake() -> Iterator[Sample]:
    found = _asked(lambda: statements.intake_counts(connection))
    if found is not None:
        yield {"state": "waiting"}, found[0]
        yield {"state": "dead"}, found[1]


def _asked(question: Callable[[], T]) -> T | None:
    """The database's answer; None when it has none, which afluente_database_up says."""
    close_old_connections()
    try:
        return question()
    except DatabaseError:
        return None
