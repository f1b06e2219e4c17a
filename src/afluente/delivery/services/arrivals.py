"""What a provider says after it took a message: it arrived, or it did not (delivery receipts, bounces)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from afluente.delivery.models import Message, Sender, Suppression
from afluente.delivery.services import consenting, settling
from afluente.delivery.services.providers import twilio
from afluente.kernel import box, clock
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.delivery.services.providers.base import Receipt

SALT = "afluente.delivery.arriving"
State, Arrival = Message.State, Message.Arrival


@dataclass(frozen=True)
class Told:
    """Whose message of which workspace is spoken of."""

    workspace_id: int
    message_id: int


def callback_url(message_id: int) -> str:
    """Where a provider says what became of a message; the signature in it names the message."""
    token = signing.dumps([current_workspace_id(), message_id], salt=SALT, compress=True)
    return settings.BASE_URL + reverse("delivery:arriving", args=[token])


def read_callback(token: str) -> Told | None:
    """Which message an address is about; None for one that we did not sign."""
    try:
        workspace_id, message_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Told(int(workspace_id), int(message_id))


def is_from_twilio(url: str, values: Sequence[tuple[str, str]], signature: str) -> bool:
    """Whether the account of this workspace signed it."""
    sender = Sender.objects.filter(channel="sms", provider="twilio").first()
    token = box.unseal(sender.secret_box) if sender and sender.secret_box else ""
    return twilio.is_genuine(url, values, token, signature)


def expects_twilio() -> bool:
    """Whether receipts of this workspace come from Twilio."""
    return Sender.objects.filter(channel="sms", provider="twilio").exists()


def hear_http(message_id: int, said: Mapping[str, str]) -> None:
    """Keep what a provider of the workspace's own says, as the workspace says that it is read."""
    sender = Sender.objects.filter(channel="sms", provider="http").first()
    if sender is None:
        return
    status = said.get(str(sender.options.get("status_name") or "status"), "").casefold()
    for option, is_there in (("arrived", True), ("returned", False)):
        if status and status in str(sender.options.get(option, "")).casefold().replace(",", " ").split():
            note_arrival(message_id, is_there=is_there, detail="" if is_there else status)
            return


def hear_twilio(message_id: int, *, status: str, code: str = "", sid: str = "") -> None:
    """Keep what Twilio says of a message. What is on its way still says nothing new."""
    number = int(code) if code.isascii() and code.isdigit() and len(code) < 9 else 0
    if status == "delivered":
        note_arrival(message_id, is_there=True, provider_id=sid)
    elif status in {"undelivered", "failed"}:
        note_arrival(
            message_id,
            is_there=False,
            detail=f"{status} {code}".strip(),
            is_gone=number in twilio.GONE,
            has_left=number in twilio.LEFT,
            provider_id=sid,
        )


def hear_receipt(receipt: Receipt) -> bool:
    """Keep a receipt that names the message as the provider does; whether it was new. Some write one number in two
    ways, with sixteen and with ten digits.
    """
    found = Message.objects.filter(channel="sms", provider_id__in=_spellings(receipt.provider_id))
    number = found.order_by("-pk").values_list("pk", flat=True).first()
    if number is None:
        return False
    return note_arrival(number, is_there=receipt.is_there, detail=receipt.detail)


def _spellings(said: str) -> set[str]:
    found = {said}
    with suppress(ValueError):
        found |= {str(int(said, 16)), f"{int(said, 16):X}", f"{int(said, 16):x}"}
    with suppress(ValueError):
        found |= {f"{int(said):X}", f"{int(said):x}", str(int(said))}
    return found - {""}


@transaction.atomic
def note_arrival(
    message_id: int,
    *,
    is_there: bool,
    detail: str = "",
    is_gone: bool = False,
    has_left: bool = False,
    provider_id: str = "",
) -> bool:
    """Keep that a message arrived or did not; whether that was new. The last word is that it arrived. A message of
    which nobody knew whether it was taken was, so its step goes on (S-TX). Who left the list stays so.
    """
    message = settling.lock(message_id)
    arrival = Arrival.THERE if is_there else Arrival.RETURNED
    is_other = message is not None and bool(provider_id and message.provider_id not in ("", provider_id))
    if message is None or is_other or message.arrival in {arrival, Arrival.THERE}:
        return False
    message.arrival, message.arrived_at, message.arrival_detail = arrival, clock.now(), detail[:300]
    message.provider_id = message.provider_id or provider_id[:250]
    message.save(update_fields=["arrival", "arrived_at", "arrival_detail", "provider_id"])
    if message.state == State.UNKNOWN:
        settling.end(message, State.SENT, "receipt")
    if is_gone or has_left:
        reason = Suppression.Reason.UNSUBSCRIBED if has_left else Suppression.Reason.BOUNCED
        consenting.suppress(channel=message.channel, address=message.address, reason=reason, detail=detail)
    if not is_there and (message.contact_id or message.deal_id):
        timeline.record([NewEvent("message.returned", **settling.about(message, detail))])
    return True
