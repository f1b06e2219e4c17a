"""A sender, a mail server in a process of its own, and deals of people who can be written to."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from afluente.delivery import services
from afluente.delivery.models import Message, Sender
from tests import cast, make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from afluente.accounts.models import Membership

PATIENCE = 10.0


@contextmanager
def post_office(folder: Path, mood: str = "") -> Iterator[int]:
    """A real SMTP server; its port. It keeps letters in `folder`. See tests/post_office.py for moods."""
    command = [sys.executable, "-m", "tests.post_office", "0", str(folder), *([mood] if mood else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(5)


def sender(by: Membership, port: int, **more: Any) -> Sender:
    usual: dict[str, Any] = {
        "provider": "smtp",
        "options": {"host": "127.0.0.1", "port": port, "security": "none", "username": ""},
        "from_name": "Estúdio Maré",
        "from_address": "ola@mare.example",
        "reply_to": "",
        "per_minute": 600,
    }
    return services.save_sender(channel="email", secret="", by=by, **{**usual, **more})


def write(address: str = "ana@cliente.example", **more: Any) -> Message:
    """A message of the queue."""
    usual = {"channel": "email", "key": f"k{time.monotonic_ns()}", "subject": "Olá", "text": "Tudo bem?"}
    new = services.NewMessage(**{**usual, "address": address, **more})
    services.queue_messages([new])
    return Message.objects.get(key=new.key)


def person(name: str = "Ana Cliente", email: str = "ana@cliente.example") -> Any:
    return make.contact(name=name, emails=(email,))


def send(workspace_id: int) -> int:
    """Let the worker send what is due, outside the test's own scope."""
    with cast.outside():
        return services.send_due("email", workspace_id=workspace_id)


def letters(folder: Path) -> list[str]:
    return [one.read_text() for one in sorted(folder.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns)]
