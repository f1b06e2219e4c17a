"""A softphone (baresip) that a test holds in its hand: over ctrl_tcp, waiting for what it says and never for time."""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 20.0


@dataclass
class Phone:
    """Somebody's telephone: registered, and driven by the test as by a hand."""

    user: str
    domain: str  # host:port of the registrar
    line: socket.socket
    heard: list[dict[str, Any]] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _seen: int = 0

    def __post_init__(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()

    def dial(self, user: str) -> None:
        """Call a user or a number of the same registrar."""
        self._say("dial", f"sip:{user}@{self.domain}")

    def accept(self) -> None:
        """Take the call that rings."""
        self._say("accept")

    def hangup(self) -> None:
        """End the call, give up calling, or decline (486 Busy Here) the one that rings."""
        self._say("hangup")

    def wait_for(self, kind: str) -> dict[str, Any]:
        """The next event of a kind: CALL_INCOMING, CALL_RINGING, CALL_ESTABLISHED, CALL_CLOSED.

        Each event is given once: a second wait is for what comes after it.
        """
        with self._news:
            assert self._news.wait_for(lambda: self._next(kind) is not None, PATIENCE), (
                f"{self.user} heard no {kind} after {self.heard[: self._seen]}, but {self.heard[self._seen :]}"
            )
            place = self._next(kind)
            assert place is not None
            self._seen = place + 1
            return self.heard[place]

    def _next(self, kind: str) -> int | None:
        known = range(self._seen, len(self.heard))
        return next((place for place in known if self.heard[place].get("type") == kind), None)

    def _say(self, command: str, params: str = "") -> None:
        said = json.dumps({"command": command, "params": params, "token": command}).encode()
        self.line.sendall(b"%d:%s," % (len(said), said))

    def _listen(self) -> None:
        buffer = b""
        while True:
            try:
                piece = self.line.recv(65_536)
            except OSError:
                return
            if not piece:
                return
            buffer = self._keep(buffer + piece)

    def _keep(self, buffer: bytes) -> bytes:
        while True:
            size, colon, rest = buffer.partition(b":")
            if not colon or len(rest) <= int(size):
                return buffer
            with self._news:
                self.heard.append(json.loads(rest[: int(size)]))
                self._news.notify_all()
            buffer = rest[int(size) + 1 :]


def reach(host: str, port: int) -> socket.socket:
    """The control line of a softphone that has just been started."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            line = socket.create_connection((host, port), timeout=2)
        except OSError:
            assert time.monotonic() < end, f"no softphone at {host}:{port}"
            time.sleep(0.05)
        else:
            line.settimeout(None)
            return line
