"""What people want to be sent: consent by channel, addresses that are passed over, and the way out (P-2)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse

from afluente.contacts.models import Contact
from afluente.delivery.models import Channel, Consent, Sender, Suppression
from afluente.kernel import clock, email
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline import services as timeline
from afluente.timeline.events import Actor, NewEvent

if TYPE_CHECKING:
    from collections.abc import Collection

SALT = "afluente.delivery.leaving"
CLIENT = Actor("system")


@dataclass(frozen=True)
class Leaving:
    """What the address in a message says: whose messages of which channel are meant."""

    workspace_id: int
    channel: str
    digest: str
    contact_id: int


def digest_of(address: str) -> str:
    """What an address is found again by: a keyed hash, also where the address itself was erased."""
    plain = (email.match_key(address) or address.strip().casefold()).encode()
    return hmac.new(settings.SECRET_KEY.encode(), b"suppression:" + plain, hashlib.sha256).hexdigest()


def leaving_url(*, channel: str, address: str, contact_id: int | None) -> str:
    """Where the owner of `address` says that they want no more; the signature is the permission."""
    said = [current_workspace_id(), channel, digest_of(address)[:32], contact_id or 0]
    token = signing.dumps(said, salt=SALT, compress=True)
    return settings.BASE_URL + reverse("delivery:leaving", args=[token])


def read_leaving(token: str) -> Leaving | None:
    """What a token says; None for one that we did not sign."""
    try:
        workspace_id, channel, digest, contact_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Leaving(int(workspace_id), str(channel), str(digest), int(contact_id))


def leave(said: Leaving, *, address: str = "") -> None:
    """Send nothing that advertises to an address any more. Twice is once."""
    row = Suppression(
        channel=said.channel,
        digest=said.digest,
        address=address,
        reason=Suppression.Reason.UNSUBSCRIBED,
        at=clock.now(),
    )
    Suppression.objects.bulk_create([row], ignore_conflicts=True)
    if Contact.objects.filter(pk=said.contact_id).exists():
        say_consent(
            contact_id=said.contact_id, channel=said.channel, is_given=False, source="unsubscribe", by=CLIENT
        )


def come_back(said: Leaving) -> None:
    """Take back what `leave` said."""
    Suppression.objects.filter(
        channel=said.channel, digest=said.digest, reason=Suppression.Reason.UNSUBSCRIBED
    ).delete()
    if Contact.objects.filter(pk=said.contact_id).exists():
        say_consent(
            contact_id=said.contact_id, channel=said.channel, is_given=True, source="unsubscribe", by=CLIENT
        )


def has_left(said: Leaving) -> bool:
    """Whether the address is passed over."""
    return Suppression.objects.filter(channel=said.channel, digest=said.digest).exists()


def say_consent(*, contact_id: int, channel: str, is_given: bool, source: str, by: Actor) -> bool:
    """Keep what a contact says about messages that advertise; whether that was new."""
    values = {"is_given": is_given, "source": source[:150], "at": clock.now()}
    kept = Consent.objects.filter(contact_id=contact_id, channel=channel).first()
    if kept is not None and kept.is_given == is_given:
        return False
    Consent.objects.update_or_create(contact_id=contact_id, channel=channel, defaults=values)
    data = {"channel": channel, "source": source[:150]}
    given = NewEvent("consent.given", by, contact_id=contact_id, data=data)
    timeline.record(
        [given if is_given else NewEvent("consent.withdrawn", by, contact_id=contact_id, data=data)]
    )
    return True


def suppress(*, channel: str, address: str, reason: str, detail: str = "") -> bool:
    """Pass an address over from now on; whether it was not before. What its owner said is not covered by what
    a server says.
    """
    own = Suppression.Reason.UNSUBSCRIBED
    kept = Suppression.objects.filter(channel=channel, digest=digest_of(address)[:32], reason=own)
    if reason != own and kept.exists():
        return False
    _row, is_new = Suppression.objects.update_or_create(
        channel=channel,
        digest=digest_of(address)[:32],
        defaults={"address": address[:254], "reason": reason, "detail": detail[:300], "at": clock.now()},
    )
    return is_new


def release(suppression: Suppression) -> None:
    """Let messages go to an address again."""
    suppression.delete()


def refusals(
    *, channel: str, addresses: Collection[str], contact_ids: Collection[int] = ()
) -> dict[str, dict[str, str]]:
    """Why nothing may go to these addresses and people: {"addresses": {address: reason}, "contacts": …}.

    A reason is that of the suppression, or `consent` for a contact who said no, or did not say yes where the
    channel asks for it. Three queries.
    """
    digests = {digest_of(one)[:32]: one for one in addresses if one}
    rows = Suppression.objects.filter(channel=channel, digest__in=digests).values_list("digest", "reason")
    said = dict(
        Consent.objects.filter(channel=channel, contact_id__in=contact_ids).values_list(
            "contact_id", "is_given"
        )
    )
    asks = Sender.objects.filter(channel=channel, asks_consent=True).exists()
    refused = {str(pk): "consent" for pk in contact_ids if not said.get(pk, not asks)}
    return {"addresses": {digests[digest]: reason for digest, reason in rows}, "contacts": refused}


def refusal(*, channel: str, address: str, contact_id: int | None, is_marketing: bool) -> str:
    """Why one message may not go: `no_consent`, `no_recipient`, or '' when it may."""
    found = refusals(channel=channel, addresses=[address], contact_ids=[contact_id] if contact_id else [])
    return judged(found, address=address, contact_id=contact_id, is_marketing=is_marketing)


def judged(
    found: dict[str, dict[str, str]], *, address: str, contact_id: int | None, is_marketing: bool
) -> str:
    """The same from what `refusals` read for many."""
    reason = found["addresses"].get(address, "")
    if reason == Suppression.Reason.BOUNCED:
        return "no_recipient"
    is_unwilling = bool(reason) or str(contact_id) in found["contacts"]
    if reason == Suppression.Reason.MANUAL or (is_marketing and is_unwilling):
        return "no_consent"
    return ""


CHANNELS = tuple(Channel.values)
