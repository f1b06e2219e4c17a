"""A reader of `/live`, as a browser is one."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.serving import Server


class Reader:
    """Reads one stream in a thread. `messages` are what a page would get, `ids` where it stood after
    each, `last_id` what its browser would send when it reconnects.
    """

    def __init__(self, server: Server, cookies: str, *, last_id: str = "", after: str = "") -> None:
        self.messages: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.last_id = last_id
        self.is_open = False
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Cookie": cookies, "Accept": "text/event-stream"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        self.connection.request("GET", "/live" + (f"?after={after}" if after else ""), headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.thread = threading.Thread(target=self._read, daemon=True)
        if self.status == 200:
            self.is_open = True
            self.thread.start()
            self.wait(lambda: bool(self.ids))
        else:
            self.response.close()
            self.connection.close()

    def _read(self) -> None:
        data = ""
        try:
            while line := self.response.readline().decode():
                name, _, value = line.rstrip("\n").partition(": ")
                if name == "id":
                    self.last_id = value
                    self.ids.append(value)
                elif name == "data":
                    data = value
                elif not name and data:
                    self.messages.append(json.loads(data))
                    data = ""
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass
        self.is_open = False

    def wait(self, condition: Any, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"Only {self.messages} in time."
            time.sleep(0.005)

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        self.wait(lambda: len(self.messages) >= count)
        return self.messages

    def close(self) -> None:
        """As a lost connection would: at once, without a word. Calling it again changes nothing."""
        if self.connection.sock is not None:
            with suppress(OSError):
                self.connection.sock.shutdown(socket.SHUT_RDWR)
        if self.thread.is_alive():
            self.thread.join(timeout=5)
        self.response.close()
        self.connection.close()
