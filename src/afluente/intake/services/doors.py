"""Who may knock: API tokens, and sources by their public name.

Looking a door up for every event would cost more than keeping the event, so what was found is
remembered for a second: a revoked token or a switched-off source is shut at most that much later.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.accounts.models import ApiToken
from afluente.intake.events import BodyRefused
from afluente.intake.models import Source
from afluente.kernel import box, bus, clock, ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.intake.services.accepting import Arrival

REMEMBERED = 1.0  # seconds
MOST = 10_000  # doors remembered per process


@dataclass(frozen=True)
class Door:
    """An open door."""

    source_id: int
    kind: str
    token_name: str = ""
    secret_digest: str = ""
    signing_box: str = ""
    signing_header: str = ""


@dataclass(frozen=True)
class Closed:
    """A shut one, and what to say."""

    status: int
    code: str
    message: str


NO_TOKEN = Closed(401, "token_invalid", "The token is missing, wrong, expired or revoked.")
NO_SCOPE = Closed(403, "scope_missing", "The token lacks the scope leads:write.")
NO_SOURCE = Closed(404, "not_found", "There is no such address, or its secret is wrong.")
SWITCHED_OFF = Closed(410, "switched_off", "This source is switched off.")
UNSIGNED = Closed(401, "signature_invalid", "The signature is missing or does not fit the body.")

_memory: dict[tuple[int, str], tuple[float, Door | Closed]] = {}
_lock = threading.Lock()


def open_door(arrival: Arrival) -> Door | Closed:
    """The door that `arrival` knocks at, in the present workspace."""
    name = f"t:{ids.digest(arrival.token)}" if arrival.token is not None else f"s:{arrival.public_id}"
    door = _recall((arrival.workspace_id, name))
    if isinstance(door, Closed) or arrival.token is not None:
        return door
    if door.secret_digest and not ids.same(ids.digest(arrival.secret or ""), door.secret_digest):
        return NO_SOURCE
    if door.signing_box and not _is_signed(door, arrival.body, arrival.headers):
        bus.publish(
            BodyRefused(source_id=door.source_id, body=arrival.body, content_type=arrival.content_type)
        )
        return UNSIGNED
    return door


def forget() -> None:
    """Forget all doors; for tests, and when a source is changed in this process."""
    with _lock:
        _memory.clear()


def _recall(name: tuple[int, str]) -> Door | Closed:
    moment = time.monotonic()
    held = _memory.get(name)
    if held is not None and held[0] > moment:
        return held[1]
    door = _look_up_token(name[1][2:]) if name[1].startswith("t:") else _look_up_source(name[1][2:])
    with _lock:
        if len(_memory) >= MOST:
            _memory.clear()
        _memory[name] = (moment + REMEMBERED, door)
    return door


def _look_up_token(digest: str) -> Door | Closed:
    token = ApiToken.objects.select_related("created_by__user").filter(digest=digest, revoked_at=None).first()
    if token is None or (token.expires_at is not None and token.expires_at <= clock.now()):
        return NO_TOKEN
    if not (token.created_by.is_active and token.created_by.user.is_active):
        return NO_TOKEN
    if "leads:write" not in token.scopes:
        return NO_SCOPE
    source = Source.objects.present().filter(kind=Source.Kind.API).order_by("pk").first()
    if source is None or not source.is_on:
        return SWITCHED_OFF
    return Door(source.pk, source.kind, token_name=token.name)


def _look_up_source(public_id: str) -> Door | Closed:
    source = Source.objects.present().filter(public_id=public_id).exclude(kind=Source.Kind.API).first()
    if source is None:
        return NO_SOURCE
    if not source.is_on:
        return SWITCHED_OFF
    return Door(
        source.pk,
        source.kind,
        secret_digest=source.secret_digest,
        signing_box=source.signing_box,
        signing_header=source.signing_header.lower(),
    )


def _is_signed(door: Door, body: bytes, headers: Mapping[str, str]) -> bool:
    """HMAC-SHA256 of the raw body, in hexadecimal or base64, with or without a `sha256=` before it."""
    given = headers.get(door.signing_header, "").strip().removeprefix("sha256=")
    expected = hmac.new(box.unseal(door.signing_box).encode(), body, hashlib.sha256).digest()
    for decode in (bytes.fromhex, lambda value: base64.b64decode(value, validate=True)):
        try:
            if hmac.compare_digest(decode(given), expected):
                return True
        except (ValueError, binascii.Error):
            continue
    return False
