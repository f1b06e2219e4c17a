"""A way to the database that can be cut or frozen, for one process under test."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from django.db import connections


class Proxy:
    """Passes bytes between a port of its own and the test database.

    `cut` breaks every connection and refuses new ones; `freeze` lets them hang, as a machine that
    lost its network would; `heal` ends both.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = str(self._listener.getsockname()[1])
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._is_cut = False
        self._flows = threading.Event()
        self._flows.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._is_cut = True
        self._drop()

    def freeze(self) -> None:
        self._flows.clear()

    def heal(self) -> None:
        self._is_cut = False
        self._flows.set()

    def close(self) -> None:
        self._listener.close()
        self._drop()
        self._flows.set()

    def _drop(self) -> None:
        for pair in self._pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
        self._pairs.clear()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._is_cut:
                    client.close()
                    continue
                server = _database()
                self._pairs.append((client, server))
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _database() -> socket.socket:
    """A connection to the server of the test database."""
    settings = connections["default"].settings_dict
    if str(settings["HOST"]).startswith("/"):
        made = socket.socket(socket.AF_UNIX)
        made.connect(f"{settings['HOST']}/.s.PGSQL.{settings['PORT'] or 5432}")
        return made
    return socket.create_connection((settings["HOST"], int(settings["PORT"] or 5432)))
