"""A provider of short messages in its own process, and senders that lead to it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from afluente.delivery import services
from tests import cast
from tests.delivery.posting import write
from tests.sms_gateway import ACCOUNT, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from afluente.accounts.models import Membership
    from afluente.delivery.models import Message, Sender

NUMBER = "+5511984123307"


@dataclass(frozen=True)
class Gateway:
    port: int
    file: Path

    @property
    def got(self) -> list[dict[str, Any]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def gateway(folder: Path) -> Iterator[Gateway]:
    file = folder / "sms.jsonl"
    command = [sys.executable, "-m", "tests.sms_gateway", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            yield Gateway(int(process.stdout.readline()), file)
        finally:
            process.terminate()
            process.wait(5)


def twilio(by: Membership, desk: Gateway, secret: str = TOKEN, **more: Any) -> Sender:
    options = {"account_sid": ACCOUNT, "api": desk.url("")}
    usual: dict[str, Any] = {"provider": "twilio", "options": options, "from_address": "+15550001111"}
    return services.save_sender(channel="sms", secret=secret, by=by, **{"per_minute": 600, **usual, **more})


def other(by: Membership, desk: Gateway, path: str = "/text", **options: Any) -> Sender:
    usual: dict[str, Any] = {
        "url": desk.url(path),
        "method": "POST",
        "format": "json",
        "headers": "Authorization: Bearer {{ secret }}",
        "body": '{"to": "{{ digits }}", "from": "{{ from }}", "text": "{{ text }}"}',
        "success": "ok",
        "id_path": "messages.0.id",
        "status_name": "status",
        "arrived": "delivered",
        "returned": "undelivered, failed",
    }
    values: dict[str, Any] = {"provider": "http", "options": usual | options, "from_address": "Mare"}
    return services.save_sender(channel="sms", secret="segredo", by=by, per_minute=600, **values)


def text(address: str = NUMBER, **more: Any) -> Message:
    """A short message of the queue."""
    return write(address, **{"channel": "sms", "subject": "", **more})


def send(workspace_id: int) -> int:
    """Let the worker send what is due."""
    with cast.outside():
        return services.send_due("sms", workspace_id=workspace_id)
