"""Short messages by Twilio: its REST protocol of 2010-04-01, and the signature of what it tells us afterwards."""

from __future__ import annotations

import base64
import hashlib
import hmac
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from afluente.delivery.services.providers import asking
from afluente.delivery.services.providers.base import Outcome, Outgoing, Refused, Sent
from afluente.kernel import jsonin, outbound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

API = "https://api.twilio.com"
LEFT = {21610}  # they answered STOP
GONE = {21211, 21614, 30005, 30006}  # no number, no mobile, nobody there, a line that takes no SMS


class Twilio:
    """An account of Twilio. Options: api, account_sid; the secret is the auth token."""

    @contextmanager
    def open(self, options: Mapping[str, Any], secret: str) -> Iterator[_Line]:
        """Each message is a question of its own."""
        yield _Line(options, secret)


class _Line:
    def __init__(self, options: Mapping[str, Any], secret: str) -> None:
        account = str(options["account_sid"])
        place = quote(account, safe="")
        self._url = f"{options.get('api') or API}/2010-04-01/Accounts/{place}/Messages.json"
        said = base64.b64encode(f"{account}:{secret}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {said}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }

    def send(self, message: Outgoing) -> Outcome:
        """Create a message of Twilio's."""
        service = message.from_address.startswith("MG")
        values = {
            "To": message.address,
            "MessagingServiceSid" if service else "From": message.from_address,
            "Body": message.text,
        }
        if message.callback:
            values["StatusCallback"] = message.callback
        body = urlencode(values).encode()
        answer = asking.asked("POST", self._url, body=body, headers=self._headers)
        return _read(answer) if isinstance(answer, outbound.Answer) else answer


def _read(answer: outbound.Answer) -> Outcome:
    said = _said(answer.body)
    if answer.status in {200, 201}:
        return Sent(str(said.get("sid", "")))
    code = said.get("code")
    if 400 <= answer.status < 500 and answer.status not in asking.BUSY and isinstance(code, int):
        words = f"{code} {said.get('message', '')}"[:300]
        return Refused(words, is_gone=code in GONE, has_left=code in LEFT)
    return asking.judged(answer)


def _said(body: bytes) -> Mapping[str, Any]:
    try:
        found = jsonin.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def signature(url: str, values: Sequence[tuple[str, str]], token: str) -> str:
    """How Twilio signs a form that it sends to `url` (X-Twilio-Signature)."""
    said = url + "".join(name + value for name, value in sorted(set(values)))
    digest = hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()  # HMAC, as Twilio defines it
    return base64.b64encode(digest).decode()


def is_genuine(url: str, values: Sequence[tuple[str, str]], token: str, said: str) -> bool:
    """Whether what came was signed with our auth token."""
    return bool(token) and hmac.compare_digest(signature(url, values, token).encode(), said.encode())
