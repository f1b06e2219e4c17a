"""Clients that keep their connection and send one lead after another, as cheaply as Python can."""

from __future__ import annotations

import asyncio
import time
from typing import cast

from bench import bodies


class Client(asyncio.Protocol):
    """One connection: sends the next lead as soon as the last one is answered."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.transport: asyncio.Transport | None = None
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.send()

    def send(self) -> None:
        assert self.transport is not None
        body = bodies.lead(self.crowd.next_number())
        self.sent_at = time.perf_counter()
        self.transport.write(self.crowd.head % len(body) + body)

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"HTTP/1.1 202"):  # a small answer comes in one piece
            self.crowd.answered(time.perf_counter() - self.sent_at)
        elif data.startswith(b"HTTP/1.1"):
            self.crowd.refuse(data)
            return
        else:
            return
        if not self.crowd.is_over:
            self.send()

    def connection_lost(self, _exc: Exception | None) -> None:
        if not self.crowd.is_over:
            self.crowd.refuse(b"the connection was cut")


class Crowd:
    """All clients of one run."""

    def __init__(self, port: int, token: str, first: int) -> None:
        self.port, self.number = port, first
        self.head = (
            f"POST /api/v1/leads HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nUser-Agent: bench\r\nContent-Length: %d\r\n\r\n"
        ).encode()
        self.seconds: list[float] = []
        self.is_counting = self.is_over = False
        self.refusal = b""

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def answered(self, seconds: float) -> None:
        if self.is_counting:
            self.seconds.append(seconds)

    def refuse(self, answer: bytes) -> None:
        self.refusal, self.is_over = answer, True

    async def run(self, clients: int, seconds: float, warm: float) -> None:
        loop = asyncio.get_running_loop()
        pairs = [
            await loop.create_connection(lambda: Client(self), "127.0.0.1", self.port) for _ in range(clients)
        ]
        await asyncio.sleep(warm)
        self.is_counting = True
        await asyncio.sleep(seconds)
        self.is_counting, self.is_over = False, True
        await asyncio.sleep(0.1)
        for transport, _ in pairs:
            transport.close()
        if self.refusal:
            raise RuntimeError(f"A lead was refused: {self.refusal[:300]!r}")


def flood(
    *, port: int, token: str, clients: int, seconds: float, first: int, warm: float = 0.5
) -> list[float]:
    """Send leads for `seconds`, from number `first`; how long each answer took."""
    crowd = Crowd(port, token, first)
    asyncio.run(crowd.run(clients, seconds, warm))
    return crowd.seconds
