"""The embedded database server, kept running: launched again when it ended, ended when it hangs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from afluente.config.children import Pauses
from afluente.kernel.postgres.errors import DatabaseStartError
from afluente.kernel.postgres.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.kernel.postgres import Embedded


class Keeper:
    """Looks after one server that was begun by the same thread. `say` hears what happens."""

    def __init__(self, server: Embedded, *, say: Callable[[str], None]) -> None:
        self._server = server
        self._say = say
        self._watchdog = Watchdog(server.layout)
        self._pauses = Pauses()
        self._attempt: float | None = None

    def look(self) -> bool:
        """Call it twice a second or so. True when the server was launched again."""
        now = time.monotonic()
        if self._server.is_running:
            self._end_what_hangs(now)
            return False
        if self._attempt is None:
            self._attempt = self._pauses.after_death(now)
            self._say("The database ended: starting it again.")
        if now < self._attempt:
            return False
        self._launch(now)
        return True

    def _launch(self, now: float) -> None:
        self._attempt = None
        self._pauses.begin(now)
        try:
            self._server.begin()
        except DatabaseStartError as problem:
            self._say(str(problem))
        self._watchdog.begin(time.monotonic())

    def _end_what_hangs(self, now: float) -> None:
        process = self._server.process
        if process is not None and self._watchdog.sees_hang(process.pid, now):
            self._say("The database refuses everybody and does not recover: ending it.")
            self._server.end_at_once()
