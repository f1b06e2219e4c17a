"""How a workspace sends: kept with its secret sealed, told of in the audit, tried with a message to oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from afluente.accounts import services as accounts
from afluente.delivery.models import Channel, Sender
from afluente.delivery.services import rendering
from afluente.delivery.services.providers import Outgoing, texting
from afluente.delivery.services.queueing import NewMessage, queue_messages, wake
from afluente.delivery.services.rendering import BadTemplateError
from afluente.delivery.services.webhooks import headers_problem, url_problem
from afluente.kernel import box, clock, ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.accounts.models import Membership

# What says where a secret is shown: a change of it forgets the secret.
PLACES = {
    "smtp": ("host", "port", "security", "username"),
    "twilio": ("api", "account_sid"),
    "http": ("url",),
    "smpp": ("host", "port", "security", "system_id"),
}
MANNERS = ("per_minute", "quiet_from", "quiet_until", "asks_consent", "tracks")
OPEN = ("provider", "options", "from_name", "from_address", "reply_to", *MANNERS)


def save_sender(*, channel: str, secret: str | None, by: Membership, **values: Any) -> Sender:
    """Keep how a channel sends. Without `secret` the one that is there stays, unless the place it opens changed:
    a password given to one server is not carried to another.
    """
    kept = Sender.objects.filter(channel=channel).first()
    before = {name: getattr(kept, name) for name in OPEN} if kept else {}
    row = kept or Sender(channel=channel)
    if secret is None and not keeps_secret(kept, values["provider"], values["options"]):
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


def keeps_secret(kept: Sender | None, provider: str, options: Mapping[str, Any]) -> bool:
    """Whether the secret that is kept is still for the same place."""
    if kept is None or not kept.secret_box or kept.provider != provider:
        return False
    return all(kept.options.get(name) == options.get(name) for name in PLACES[provider])


def gateway_problems(options: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with how a provider is to be asked by HTTP, by option: tried with words of a sample."""
    sample = Outgoing(
        key="k", address="+5511984123307", text='"Olá"', from_address="Mare", callback="https://x"
    )
    words = texting.words_of(sample, "s")
    for name in ("url", "headers", "body"):
        found = rendering.problems(subject="", body=str(options.get(name, "")), known=texting.WORDS)
        if found:
            return {name: found[0]}
    try:
        _method, url, headers, _body = texting.question(options, words)
    except BadTemplateError as bad:
        return {"body": str(bad)}
    if problem := url_problem(url):
        return {"url": problem}
    own = {name: value for name, value in headers.items() if name not in {"Content-Type", "Accept"}}
    if problem := headers_problem(own):
        return {"headers": problem}
    return {}


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
