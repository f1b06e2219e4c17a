"""Messages that are to leave: written in the transaction that wants them, each once (S-TX, S-ONCE)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email.utils import make_msgid
from typing import TYPE_CHECKING

from afluente.delivery import statements
from afluente.delivery.events import Settled
from afluente.delivery.models import Message, Sender
from afluente.delivery.services.webhooks_queueing import cancel_calls
from afluente.kernel import bus, clock, jobs
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

SEND = "delivery.send"
GOES_ON = dt.timedelta(days=3)  # how long a message is tried (S-FAIL)


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """One message to one address. `key` names it once and for all; see models.Message."""

    channel: str
    key: str
    address: str
    text: str
    subject: str = ""
    html: str = ""
    contact_id: int | None = None
    deal_id: int | None = None
    rule_id: int | None = None
    rule_name: str = ""
    template_id: int | None = None
    goes_along: bool = False
    is_marketing: bool = True
    is_urgent: bool = False


def queue_messages(messages: Sequence[NewMessage]) -> None:
    """Let messages leave soon, in the caller's transaction. One whose key is known is passed over."""
    if not messages:
        return
    now = clock.now()
    domains = dict(Sender.objects.filter(channel="email").values_list("channel", "from_address"))
    domain = domains.get("email", "").rpartition("@")[2] or "localhost"
    rows = [
        Message(
            **{name: getattr(one, name) for name in NewMessage.__dataclass_fields__},
            message_id=make_msgid(domain=domain) if one.channel == "email" else "",
            due_at=now,
            until=now + GOES_ON,
            created_at=now,
        )
        for one in messages
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    for channel in sorted({one.channel for one in messages}):
        wake(channel)


def wake(channel: str, at: dt.datetime | None = None) -> None:
    """Let a worker look at a channel, now or at a moment."""
    workspace_id = current_workspace_id()
    jobs.enqueue(
        SEND, {"channel": channel}, key=f"{workspace_id}:{channel}", due_at=at, workspace_id=workspace_id
    )


def cancel_messages(*, deal_ids: Sequence[int] = (), rule_id: int | None = None, reason: str) -> int:
    """Take back what waits, calls of webhooks as well: of deals that leave their stage, or of a rule that was
    stopped; how many. What is being sent already goes its way (S-CANCEL).
    """
    if rule_id is None and not statements.anything_goes_along(deal_ids):
        return 0
    calls = cancel_calls(deal_ids=deal_ids, rule_id=rule_id, reason=reason)
    found = Message.objects.filter(state=Message.State.QUEUED)
    if rule_id is None:
        found = found.filter(deal_id__in=deal_ids, goes_along=True)
    else:
        found = found.filter(rule_id=rule_id)
    rows = list(found.order_by("pk").select_for_update(of=("self",)).values_list("pk", "key"))
    if not rows:
        return calls
    Message.objects.filter(pk__in=[pk for pk, _ in rows]).update(
        state=Message.State.CANCELLED, reason=reason, ended_at=clock.now()
    )
    for _, key in rows:
        bus.publish(Settled(key, Message.State.CANCELLED, reason))
    return calls + len(rows)
