"""The worker's side: sending what is due, and looking whether something was forgotten."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.delivery import services, statements
from afluente.delivery.services.queueing import SEND
from afluente.kernel.jobs import every, job
from afluente.kernel.workspace import scope

LOOKS = 30  # seconds between two looks for what nobody was woken for


@job(SEND, retries=20, atomic=False, label=_("Send messages"))
def send(channel: str, workspace_id: int, **_later: Any) -> None:
    """Send what is due in one channel of one workspace."""
    services.send_due(channel, workspace_id=workspace_id)


@every(LOOKS, "delivery.look", atomic=False)
def look(**_later: Any) -> None:
    """Wake whoever has something due: a worker that died woke nobody."""
    for workspace_id, channel in statements.due_anywhere():
        with scope(workspace_id):
            services.wake(channel)
