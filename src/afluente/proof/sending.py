"""Senders that behave like other people's programs: they repeat until they hear that it was kept."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

KINDS = ("webhook", "lead", "deal", "form")
KEPT = {"webhook": 202, "lead": 202, "deal": 201, "form": 303}


@dataclass(frozen=True)
class Message:
    """Something to be sent, again and again under the same name until somebody says that it is kept."""

    kind: str
    ref: str  # stands in the body, so that what became of it can be found
    person: str
    is_poison: bool = False
    name: str = field(default_factory=lambda: uuid.uuid4().hex)  # the sender's key

    @property
    def email(self) -> str:
        return f"{self.person}@proof.example"

    def request(self, doors: dict[str, Any], token: str) -> tuple[str, bytes, dict[str, str]]:
        """Path, body and headers."""
        headers = {"content-type": "application/json"}
        if self.kind == "form":
            answers = {"name": self.person, "email": self.email, "message": self.ref, "af_token": self.name}
            headers["content-type"] = "application/x-www-form-urlencoded"
            headers["x-forwarded-for"] = ".".join(str(random.randrange(1, 250)) for _ in range(4))
            return doors["form"], urlencode(answers).encode(), headers
        headers["idempotency-key"] = self.name
        if self.kind == "webhook":
            body = {"ref": self.ref, **({} if self.is_poison else {"email": self.email})}
            return doors["webhook"], json.dumps(body).encode(), headers
        headers["authorization"] = f"Bearer {token}"
        said = {"contact": {"name": self.person, "email": self.email}, "custom": {"ref": self.ref}}
        return doors[self.kind], json.dumps(said).encode(), headers


@dataclass
class Account:
    """What the senders know: what they sent, what was said to be kept, how long it took."""

    sent: dict[str, Message] = field(default_factory=dict)
    acked: dict[str, Message] = field(default_factory=dict)
    answers: dict[str, set[bytes]] = field(default_factory=dict)
    repeats: int = 0
    seconds: list[float] = field(default_factory=list)
    ack_times: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Line:
    """One sender's connection; opened again when it broke."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._host, self._port = host, port
        self._open: http.client.HTTPConnection | None = None

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Send and read the answer; raises what the network raises."""
        return self.ask("POST", path, body, headers)

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """Any request."""
        if self._open is None:
            self._open = http.client.HTTPConnection(self._host, self._port, timeout=10)
        try:
            self._open.request(method, path, body, headers)
            answer = self._open.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None


class Sender(threading.Thread):
    """Sends messages one after another; every fifth one again although it was kept."""

    def __init__(
        self, *, number: int, port: int, doors: dict[str, Any], token: str, account: Account
    ) -> None:
        super().__init__(daemon=True, name=f"sender-{number}")
        self.number, self.doors, self.token, self.account = number, doors, token, account
        self.is_stopping = threading.Event()
        self.random = random.Random(number)
        self.line = Line(port)

    def run(self) -> None:
        try:
            self._send_all()
        finally:
            self.line.close()

    def _send_all(self) -> None:
        count = 0
        while not self.is_stopping.is_set():
            count += 1
            kind = self.random.choices(KINDS, weights=(5, 5, 2, 1))[0]
            message = Message(
                kind=kind,
                ref=f"ref-{self.number}-{count}-end",
                person=f"p{self.random.randrange(400)}",
                is_poison=kind == "webhook" and self.random.random() < 0.03,
            )
            with self.account.lock:
                self.account.sent[message.ref] = message
            self.deliver(message)
            if self.random.random() < 0.2:
                self.deliver(message)

    def deliver(self, message: Message) -> bool:
        """Until it is kept, or we are told to stop."""
        while not self.is_stopping.is_set():
            began = time.monotonic()
            try:
                status, answer = self.line.post(*message.request(self.doors, self.token))
            except (OSError, http.client.HTTPException) as error:
                self._failed(type(error).__name__)
                continue
            if status == 429:  # a form's limit: a visitor gives up
                self._failed("429")
                return False
            if status != KEPT[message.kind]:
                self._failed(str(status))
                continue
            self._kept(message, answer, time.monotonic() - began)
            return True
        return False

    def _kept(self, message: Message, answer: bytes, seconds: float) -> None:
        with self.account.lock:
            self.account.repeats += message.ref in self.account.acked
            self.account.acked[message.ref] = message
            self.account.answers.setdefault(message.ref, set()).add(answer)
            self.account.seconds.append(seconds)
            self.account.ack_times.append(time.monotonic())

    def _failed(self, why: str) -> None:
        with self.account.lock:
            self.account.failures[why] += 1
        time.sleep(0.05)
