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
from afluente.kernel import clock, text

if TYPE_CHECKING:
    from email.message import Message as Message_

LONGEST = 1_000_000  # characters of a letter
# No such mailbox, no such domain, moved without a word, switched off (RFC 3463).
GONE = re.compile(r"5\.(1\.([0-36]|10)|2\.1)")
SOFT = 5  # letters that came back from one address in a month for another reason: it is given up
MONTH = dt.timedelta(days=30)
DEEPEST, HEADER = 50, 16_384  # parts that hold parts; bytes of a header that says what a part is
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ID = re.compile(r"<[^<>\s\0]{1,250}>")
_ID_LINE = re.compile(rb"^message-id:\s*(<[^<>\s\0]{1,250}>)", re.IGNORECASE | re.MULTILINE)
_NESTS = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(
    rb"^content-(?:type|transfer-encoding):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)


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
    """Read a letter. Raises NoBounceError. Of several receivers the first counts: we write to one at a time.

    Strangers write these letters: nothing is decoded, and what takes long to read or is nested too deep is refused
    before it is read.
    """
    _check(raw)
    try:
        letter = email.message_from_bytes(raw, policy=policy.compat32)
        fields, letter_id = _read(letter)
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as broken:
        raise NoBounceError("It cannot be read as a letter.") from broken
    if fields is None:
        raise NoBounceError("It holds no message/delivery-status part with an Action (RFC 3464).")
    if not letter_id:
        raise NoBounceError("It does not hold the Message-ID of the letter that came back.")
    status = _STATUS.search(str(fields["Status"] or ""))
    return Bounce(
        message_id=letter_id,
        action=str(fields["Action"]).strip().lower(),
        status=status[0] if status else "",
        said=text.clean(str(fields["Diagnostic-Code"] or "").partition(";")[2], limit=250),
    )


def _check(raw: bytes) -> None:
    if len(_NESTS.findall(raw)) > DEEPEST:
        raise NoBounceError(f"It holds more than {DEEPEST} parts within parts.")
    if any(len(found[0]) > HEADER for found in _TYPE.finditer(raw)):
        raise NoBounceError(f"It has a header of more than {HEADER} bytes.")


def _read(letter: Message_) -> tuple[Message_ | None, str]:
    """The fields of the first receiver with an Action, and the Message-ID of the letter that came back."""
    fields, letter_id = None, ""
    for part in letter.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status" and fields is None:
            blocks = part.get_payload()
            said = [one for one in blocks if not isinstance(one, str) and one["Action"]]
            fields = said[0] if said else None
        elif kind in {"message/rfc822", "text/rfc822-headers"} and not letter_id:
            letter_id = _id_within(part)
    return fields, letter_id


def _id_within(part: Message_) -> str:
    """The Message-ID of the letter that a notification carries, whole or by its head."""
    payload = part.get_payload()
    if isinstance(payload, list):
        held = str(payload[0]["Message-ID"] or "") if payload and not isinstance(payload[0], str) else ""
    else:
        plain = part.get_payload(decode=True)
        head = _ID_LINE.search(plain) if isinstance(plain, bytes) else None
        held = head[1].decode("ascii", "replace") if head else ""
    found = _ID.search(held)
    return found[0] if found else ""


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
