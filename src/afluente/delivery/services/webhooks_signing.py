"""Signatures by the specification Standard Webhooks 1.0.0: who receives a call knows that it is from here."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from afluente.kernel import box, clock

if TYPE_CHECKING:
    import datetime as dt

    from afluente.delivery.models import Endpoint

PREFIX = "whsec_"
BYTES = 32


def new_secret() -> str:
    """A fresh secret, as receivers are given it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def signature(secret: str, *, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The signature of one call with one secret, `v1,` and base64."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = secret.encode()
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(endpoint: Endpoint | None, *, webhook_id: str, at: dt.datetime, body: bytes) -> dict[str, str]:
    """What tells the receiver which call it is, when it was made and that it is from here; without an endpoint
    there is no secret to sign with. Raises box.UnreadableSecretError.
    """
    timestamp = int(at.timestamp())
    said = {"webhook-id": webhook_id, "webhook-timestamp": str(timestamp)}
    if endpoint is not None:
        said["webhook-signature"] = " ".join(
            signature(one, webhook_id=webhook_id, timestamp=timestamp, body=body)
            for one in secrets_of(endpoint)
        )
    return said


def secrets_of(endpoint: Endpoint) -> list[str]:
    """The secrets that count now: after a rotation the former one for a while as well."""
    found = [box.unseal(endpoint.secret_box)]
    if endpoint.old_secret_box and endpoint.old_secret_until and endpoint.old_secret_until > clock.now():
        found.append(box.unseal(endpoint.old_secret_box))
    return found
