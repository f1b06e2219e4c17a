"""How a workspace sends: kept with its secret sealed, told of in the audit, tried with a message to oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from afluente.accounts import services as accounts
from afluente.delivery.models import Channel, Sender
from afluente.delivery.services.queueing import NewMessage, queue_messages, wake
from afluente.kernel import box, clock, ids

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

MANNERS = ("per_minute", "quiet_from", "quiet_until", "asks_consent")
OPEN = ("provider", "options", "from_name", "from_address", "reply_to", *MANNERS)


def save_sender(*, channel: str, secret: str | None, by: Membership, **values: Any) -> Sender:
    """Keep how a channel sends. Without `secret` the one that is there stays, unless the place it opens changed:
    a password given to one server is not carried to another.
    """
    kept = Sender.objects.filter(channel=channel).first()
    before = {name: getattr(kept, name) for name in OPEN} if kept else {}
    row = kept or Sender(channel=channel)
    if secret is None and kept and (kept.provider, kept.options) != (values["provider"], values["options"]):
        secret = ""
    if secret is not None:
        row.secret_box = box.seal(secret) if secret else ""
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = clock.now()
    row.save()
    after = {name: getattr(row, name) for name in OPEN}
    changed = {name for name in OPEN if before.get(name) != after[name]}
    accounts.record_audit(
        kind="sending.changed",
        by=by,
        subject=str(Channel(channel).label),
        before={name: before[name] for name in changed & before.keys()},
        after={name: after[name] for name in changed},
    )
    wake(channel)
    return row


def forget_sender(*, channel: str, by: Membership) -> None:
    """Send nothing by a channel any more."""
    gone, _rows = Sender.objects.filter(channel=channel).delete()
    if gone:
        accounts.record_audit(kind="sending.forgotten", by=by, subject=str(Channel(channel).label))


def send_test(*, channel: str, address: str, is_to: Membership) -> str:
    """Queue a message that shows whether the sender works; its key."""
    key = f"test:{is_to.pk}:{ids.random_text(16)}"
    subject = gettext("A test from Afluente")
    said = gettext("This message was sent by the settings of your workspace. They work.")
    message = NewMessage(
        channel=channel,
        key=key,
        address=address,
        subject=subject,
        text=said,
        html=f"<p>{said}</p>",
        is_marketing=False,
        is_urgent=True,
    )
    queue_messages([message])
    return key
