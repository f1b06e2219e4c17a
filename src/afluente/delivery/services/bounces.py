"""E-mails that come back: delivery status notifications (RFC 3464) matched by the Message-ID that we gave."""

from __future__ import annotations

import datetime as dt
import email
import re
from dataclasses import dataclass
from email import policy
from typing import TYPE_CHECKING

from afluente.delivery.models import Message
from afluente.delivery.services.arrivals import note_arrival
from afluente.kernel import clock

if TYPE_CHECKING:
    from email.message import EmailMessage

LONGEST = 1_000_000  # characters of a letter
# No such mailbox, no such domain, moved without a word, switched off (RFC 3463).
GONE = re.compile(r"5\.(1\.([0-36]|10)|2\.1)")
SOFT = 5  # letters that came back from one address in a month for another reason: it is given up
MONTH = dt.timedelta(days=30)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


class NoBounceError(ValueError):
    """The letter is no delivery status notification; the text says what is missing."""


@dataclass(frozen=True)
class Bounce:
    """What a notification says: `action` is failed, delayed, delivered, relayed or expanded."""

    message_id: str
    action: str
    status: str
    said: str

    @property
    def is_gone(self) -> bool:
        """Whether the address will never take a letter."""
        return self.action == "failed" and bool(GONE.fullmatch(self.status))


def read_bounce(raw: bytes) -> Bounce:
    """Read a letter. Raises NoBounceError. Of several receivers the first counts: we write to one at a time."""
    letter = email.message_from_bytes(raw, policy=policy.default)
    fields = letter_id = None
    for part in letter.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status" and fields is None:
            blocks = part.get_payload()
            said = [one for one in blocks if not isinstance(one, str) and one["Action"]]
            fields = said[0] if said else None
        elif kind in {"message/rfc822", "text/rfc822-headers"} and letter_id is None:
            letter_id = _id_within(part)
    if fields is None:
        raise NoBounceError("It holds no message/delivery-status part with an Action (RFC 3464).")
    if not letter_id:
        raise NoBounceError("It does not hold the Message-ID of the letter that came back.")
    status = _STATUS.search(str(fields["Status"] or ""))
    return Bounce(
        message_id=letter_id,
        action=str(fields["Action"]).strip().lower(),
        status=status[0] if status else "",
        said=" ".join(str(fields["Diagnostic-Code"] or "").partition(";")[2].split())[:250],
    )


def _id_within(part: EmailMessage) -> str:
    """The Message-ID of the letter that a notification carries, whole or by its head."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and not isinstance(payload[0], str):
        return str(payload[0]["Message-ID"] or "").strip()
    head = email.message_from_string(str(part.get_content()), policy=policy.default)
    return str(head["Message-ID"] or "").strip()


def take_bounce(raw: bytes) -> Message | None:
    """Keep what a notification says of a message of ours; None for a letter that is not ours. Twice is once. An
    address that is gone is passed over; one from which letters come back for another reason is after the fifth in
    a month. Whoever unsubscribed stays so. Raises NoBounceError.
    """
    bounce = read_bounce(raw)
    message = Message.objects.filter(channel="email", message_id=bounce.message_id).first()
    if message is None or bounce.action not in {"failed", "delivered"}:
        return message
    before = Message.objects.filter(
        channel="email",
        address=message.address,
        arrival=Message.Arrival.RETURNED,
        arrived_at__gt=clock.now() - MONTH,
    ).exclude(pk=message.pk)
    is_failed = bounce.action == "failed"
    note_arrival(
        message.pk,
        is_there=not is_failed,
        detail=f"{bounce.status} {bounce.said}".strip() if is_failed else "",
        is_gone=bounce.is_gone or (is_failed and before.count() >= SOFT - 1),
    )
    message.refresh_from_db()
    return message
