"""The web process: uvicorn with our entry, quick to stop and small at rest."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket
    from types import FrameType

GRACE = 3  # seconds open requests get when the server stops; streams are ended at once
BACKLOG = 2048  # connections that wait while a dead web process is replaced
KEEP_ALIVE = 65  # seconds; longer than the usual proxy's, so that it never sends into a closed socket

STATEMENT, LOCK, IDLE = 5, 2, 15  # seconds; kernel.timeouts


class Server(uvicorn.Server):
    """Ends the live streams first: they would hold up a graceful stop until its time is over."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        from afluente.config.entry import app

        app.stop_streams()
        super().handle_exit(sig, frame)


def main(port: int, *, host: str = "127.0.0.1", sockets: list[socket.socket] | None = None) -> None:
    """Serve on `host` and `port`, or on listening `sockets`, until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afluente.config.settings")
    from afluente.config import entry
    from afluente.kernel import timeouts

    timeouts.limit_statements(statement=STATEMENT, lock=LOCK, idle=IDLE)
    config = uvicorn.Config(
        entry.app,
        host=host,
        port=port,
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # kernel.forwarded decides whom to believe
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
        backlog=BACKLOG,
    )
    Server(config).run(sockets=sockets)
