"""The worker's side: sending what is due, and looking whether something was forgotten."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.delivery import services, statements
from afluente.delivery.services import webhooks_queueing, webhooks_sending
from afluente.delivery.services.audience_members import AUDIENCE, wake_audience
from afluente.delivery.services.mailboxes import READ, read_mailbox, wake_mailbox
from afluente.delivery.services.queueing import SEND
from afluente.delivery.services.webhooks_queueing import CALL
from afluente.kernel import clock, jobs
from afluente.kernel.jobs import every, job
from afluente.kernel.workspace import scope

HEAR = "delivery.hear"
HEARS = 60  # seconds between two times that a message centre is asked
RECEIPT_DAYS = 3  # that a receipt is waited for
LOOKS = 30  # seconds between two looks for what nobody was woken for
KEPT_DAYS = 30  # that a call is kept after its end
FORGOTTEN = 5_000  # calls at once


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


@job(HEAR, retries=0, atomic=False, label=_("Hear what became of SMS"))
def hear(workspace_id: int, **_later: Any) -> None:
    """Sign in to the message centre of a workspace, which says what became of messages only there."""
    services.hear("sms", workspace_id=workspace_id)


@every(HEARS, "delivery.look_for_receipts", atomic=False)
def look_for_receipts(**_later: Any) -> None:
    """Let each workspace hear that waits for receipts."""
    since = clock.now() - dt.timedelta(days=RECEIPT_DAYS)
    for workspace_id in statements.waiting_for_receipts(since):
        with scope(workspace_id):
            jobs.enqueue(HEAR, {}, key=str(workspace_id), workspace_id=workspace_id)


@job(CALL, retries=20, atomic=False, label=_("Call webhooks"))
def call(endpoint: int | None, workspace_id: int, **_later: Any) -> None:
    """Make the calls that are due at one endpoint, or at the addresses of rules."""
    webhooks_sending.make_calls(endpoint, workspace_id=workspace_id)


@every(LOOKS, "delivery.look_for_calls", atomic=False)
def look_for_calls(**_later: Any) -> None:
    """Wake whoever has a call due: a worker that died woke nobody."""
    for workspace_id, endpoint in statements.calls_due_anywhere():
        with scope(workspace_id):
            webhooks_queueing.wake(endpoint)


@job(AUDIENCE, retries=20, atomic=False, label=_("Tell ad networks who is in an audience"))
def tell_network(audience: int, workspace_id: int, **_later: Any) -> None:
    """Tell the network of one audience what it does not know yet."""
    services.tell_audience(audience, workspace_id=workspace_id)


@every(LOOKS, "delivery.look_for_audiences", atomic=False)
def look_for_audiences(**_later: Any) -> None:
    """Wake whoever has somebody to add or to take out: a worker that died woke nobody."""
    for workspace_id, audience in statements.audiences_due_anywhere():
        with scope(workspace_id):
            wake_audience(audience)


@job(READ, retries=0, atomic=False, label=_("Look for letters that came back"))
def read_letters(workspace_id: int, **_later: Any) -> None:
    """Look into the mailbox that a workspace's letters come back into."""
    read_mailbox(workspace_id)


@every(LOOKS, "delivery.look_for_letters", atomic=False)
def look_for_letters(**_later: Any) -> None:
    """Look into each mailbox whose time has come."""
    for workspace_id in statements.mailboxes_due_anywhere():
        with scope(workspace_id):
            wake_mailbox()


@every(3600, "delivery.forget_calls", atomic=False)
def forget_calls(**_later: Any) -> None:
    """What was told to other programs is kept for a month after it ended."""
    before = clock.now() - dt.timedelta(days=KEPT_DAYS)
    for workspace_id in statements.workspaces_with_old_calls(before):
        with scope(workspace_id):
            statements.forget_calls(before=before, limit=FORGOTTEN)
