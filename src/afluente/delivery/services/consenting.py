"""What people want to be sent: consent by channel, addresses that are passed over, and the way out (P-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.urls import reverse

from afluente.contacts.models import Contact
from afluente.delivery.models import Channel, Consent, Purpose, Sender, Suppression
from afluente.delivery.models.consenting import digest_of
from afluente.delivery.services import consents
from afluente.kernel import clock
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from collections.abc import Collection

    from afluente.delivery.services.consents import Proof

SALT = "afluente.delivery.leaving"
CLIENT = Actor("system")
UNSUBSCRIBED = Suppression.Reason.UNSUBSCRIBED


@dataclass(frozen=True)
class Leaving:
    """What the address in a message says: whose messages of which channel are meant."""

    workspace_id: int
    channel: str
    digest: str
    contact_id: int


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


def leave(said: Leaving, *, address: str = "", proof: Proof | None = None) -> None:
    """Send nothing that advertises to an address any more. Twice is once."""
    note_left(channel=said.channel, digest=said.digest, address=address)
    if Contact.objects.filter(pk=said.contact_id).exists():
        consents.say_consent(
            contact_id=said.contact_id,
            channel=said.channel,
            is_given=False,
            source=Consent.Source.UNSUBSCRIBE,
            by=CLIENT,
            proof=proof,
        )


def leave_audiences(said: Leaving, *, proof: Proof | None = None) -> None:
    """Let whoever opened the address out of the audiences of ad networks: their own word, like unsubscribing."""
    if is_in_audiences(said):
        consents.say_consent(
            contact_id=said.contact_id,
            channel=Purpose.ADS,
            is_given=False,
            source=Consent.Source.UNSUBSCRIBE,
            by=CLIENT,
            proof=proof,
        )


def is_in_audiences(said: Leaving) -> bool:
    """Whether they agreed to be in audiences."""
    if not Contact.objects.filter(pk=said.contact_id).exists():
        return False
    return consents.last_words(channel=Purpose.ADS, contact_ids=[said.contact_id]).get(said.contact_id, False)


def come_back(said: Leaving, *, proof: Proof | None = None) -> None:
    """Take back what `leave` said. What passes the address over for another reason stays."""
    found = Suppression.objects.filter(channel=said.channel, digest=said.digest)
    found.filter(reason=UNSUBSCRIBED).delete()
    found.update(has_left=False)
    if Contact.objects.filter(pk=said.contact_id).exists():
        consents.say_consent(
            contact_id=said.contact_id,
            channel=said.channel,
            is_given=True,
            source=Consent.Source.UNSUBSCRIBE,
            by=CLIENT,
            proof=proof,
        )


def note_left(*, channel: str, digest: str, address: str = "", detail: str = "") -> bool:
    """Its owner wants no more; whether the address was not passed over before. Where it was for a softer
    reason, the word of its owner is kept beside it and outlives it.
    """
    row = Suppression(
        channel=channel,
        digest=digest,
        address=address[:254],
        reason=UNSUBSCRIBED,
        detail=detail[:300],
        at=clock.now(),
    )
    known = Suppression.objects.filter(channel=channel, digest=digest)
    is_new = not known.exists()
    Suppression.objects.bulk_create([row], ignore_conflicts=True)
    known.exclude(reason=UNSUBSCRIBED).update(has_left=True)
    return is_new


def enter_beside(*, channel: str, digests: Collection[str], detail: str) -> None:
    """A colleague says no for owners who unsubscribed: both stand, so that who comes back is not written to before
    the colleague says so as well.
    """
    left = Suppression.objects.filter(channel=channel, digest__in=digests, reason=UNSUBSCRIBED)
    left.update(reason=Suppression.Reason.MANUAL, detail=detail[:300], has_left=True)


def has_left(said: Leaving) -> bool:
    """Whether the owner of the address unsubscribed."""
    own = Q(reason=UNSUBSCRIBED) | Q(has_left=True)
    return Suppression.objects.filter(own, channel=said.channel, digest=said.digest).exists()


def suppress(*, channel: str, address: str, reason: str, detail: str = "") -> bool:
    """Pass an address over from now on; whether it was not before. What its owner said is not covered by what
    a server says, and stands beside what a colleague says.
    """
    digest = digest_of(address)[:32]
    if reason == UNSUBSCRIBED:
        return note_left(channel=channel, digest=digest, address=address, detail=detail)
    if Suppression.objects.filter(channel=channel, digest=digest, reason=UNSUBSCRIBED).exists():
        if reason == Suppression.Reason.MANUAL:
            enter_beside(channel=channel, digests=[digest], detail=detail)
        return False
    _row, is_new = Suppression.objects.update_or_create(
        channel=channel,
        digest=digest,
        defaults={"address": address[:254], "reason": reason, "detail": detail[:300], "at": clock.now()},
    )
    return is_new


def refusals(
    *, channel: str, addresses: Collection[str], contact_ids: Collection[int] = ()
) -> dict[str, dict[str, str]]:
    """Why nothing may go to these addresses and people: {"addresses": {address: reason}, "contacts": …}.

    A reason is that of the suppression, or `consent` for a contact who said no, or did not say yes where the
    channel asks for it. Three queries.
    """
    digests = {digest_of(one)[:32]: one for one in addresses if one}
    rows = Suppression.objects.filter(channel=channel, digest__in=digests).values_list("digest", "reason")
    said = consents.last_words(channel=channel, contact_ids=contact_ids)
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
