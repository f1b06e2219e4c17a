"""How this installation is: watched all the time, so that asking costs nothing and never hangs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente import __version__
from afluente.kernel import live, live_statements
from afluente.kernel.listening import Listener

if TYPE_CHECKING:
    from collections.abc import Callable

WORKER_SILENCE = 20.0  # seconds without a heartbeat after which no worker counts as alive


@dataclass(frozen=True)
class Health:
    """What `GET /healthz` says. `worker_age` in seconds; None when no worker was ever seen."""

    has_database: bool
    worker_age: float | None

    @property
    def has_worker(self) -> bool:
        return self.worker_age is not None and self.worker_age < WORKER_SILENCE

    def as_json(self) -> dict[str, object]:
        """`degraded` still serves people; what they send waits for a worker."""
        status = "ok" if self.has_worker else "degraded"
        return {
            "status": status if self.has_database else "down",
            "alive": True,
            "database": self.has_database,
            "worker": {
                "alive": self.has_database and self.has_worker,
                "heartbeat_age": None if self.worker_age is None else round(self.worker_age, 1),
            },
            "version": __version__,
        }


class Watch:
    """Listens for live updates and looks after the database, on one connection.

    `on_live(workspace_id or None)` is told when there may be something new, also whenever the poll
    sees that anything at all was committed; `on_look` after each poll.
    """

    def __init__(self, *, on_live: Callable[[int | None], None], on_look: Callable[[bool], None]) -> None:
        self._on_live, self._on_look = on_live, on_look
        self._pulse: live_statements.Pulse | None = None
        self._listener = Listener([live.LIVE], on_wake=self._wake, on_tick=self._tick)

    def start(self) -> None:
        self._listener.start()

    def stop(self) -> None:
        self._listener.stop()

    @property
    def is_away(self) -> bool:
        """Whether the database is known not to answer."""
        return self._listener.is_away

    @property
    def health(self) -> Health:
        age = None if self._pulse is None else self._pulse.worker_age
        return Health(
            has_database=self._listener.is_answering,
            worker_age=None if age is None else max(0.0, age) + self._listener.age,
        )

    def _wake(self, _channel: str, payload: str) -> None:
        self._on_live(int(payload) if payload.isdigit() else None)

    def _tick(self, connection: live.Connection) -> None:
        pulse = live_statements.pulse(connection)
        is_changed = self._pulse is None or pulse.snapshot != self._pulse.snapshot
        self._pulse = pulse
        if is_changed:
            self._on_live(None)
        self._on_look(is_changed)
