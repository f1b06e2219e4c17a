"""A receiver of webhooks in its own process, and endpoints that lead to it."""

from __future__ import annotations

import base64
import datetime as dt
import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook

from afluente.delivery import services
from afluente.delivery.models import Call, Endpoint
from afluente.kernel import clock
from tests import cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from afluente.accounts.models import Membership


@dataclass(frozen=True)
class Got:
    """A request as the receiver had it."""

    path: str
    method: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> Any:
        """What it says, when the public library takes it for genuine; raises WebhookVerificationError."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass(frozen=True)
class Receiver:
    port: int
    file: Path

    def url(self, path: str = "/ok") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def got(self) -> list[Got]:
        if not self.file.exists():
            return []
        rows = [json.loads(line) for line in self.file.read_text().splitlines()]
        return [
            Got(
                row["path"],
                row["method"],
                {name.lower(): value for name, value in row["headers"]},
                base64.b64decode(row["body"]),
            )
            for row in rows
        ]


@contextmanager
def receiver(folder: Path) -> Iterator[Receiver]:
    file = folder / "got.jsonl"
    command = [sys.executable, "-m", "tests.hook_receiver", str(file)]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Receiver(int(process.stdout.readline()), file)
        finally:
            process.terminate()
            process.wait(5)


def endpoint(by: Membership, url: str, *events: str, **more: Any) -> tuple[Endpoint, str]:
    usual: dict[str, Any] = {"description": "", "headers": None}
    return services.save_endpoint(
        endpoint=None, url=url, events=events or ("contact.created",), by=by, **{**usual, **more}
    )


def call(one: Endpoint | None) -> int:
    """Let the worker call what is due, outside the test's own scope."""
    workspace = (
        Endpoint.objects.values_list("workspace_id", flat=True).first() if one is None else one.workspace_id
    )
    return call_in(workspace, one.pk if one else None)


def call_in(workspace_id: int, endpoint_id: int | None) -> int:
    with cast.outside():
        return services.make_calls(endpoint_id, workspace_id=workspace_id)


def over() -> None:
    """As if the pauses after failed attempts were over."""
    past = clock.now() - dt.timedelta(seconds=1)
    Call.objects.filter(state="queued").update(due_at=past)
    Endpoint.objects.exclude(wait_until=None).update(wait_until=past)
