"""Messages to browsers by their push services: RFC 8030, encrypted by RFC 8291, signed by RFC 8292.

A browser gives an address at its maker's push service, and two keys. Only the browser can read what is
sent there; the service knows us by a key that this installation makes at first use. Addresses come from
browsers, so only known services are ever asked (settings.PUSH_HOSTS): nobody can send us elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import struct
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from afluente.kernel import box, clock
from afluente.kernel.models import SealedKey

KEY_NAME = "vapid"
RECORD = 4096  # bytes of one record; a message is one
LONGEST = RECORD - 103  # bytes of a message, after its header, mark and tag (RFC 8291, section 4)
PATIENCE = 10  # seconds
LIVES = 24 * 3600  # seconds that a service keeps a message for a browser that is away
SIGNED_FOR = 12 * 3600  # seconds; a service refuses more than a day
GONE = {404, 410}
LOCAL = {"localhost", "127.0.0.1"}


class StrangeAddressError(ValueError):
    """The address is not one of a push service that this installation asks."""


class GoneError(Exception):
    """The browser no longer takes messages: forget its address."""


class RefusedError(Exception):
    """The service refused the message, and would again. The text is its answer."""


class LaterError(Exception):
    """The service is busy or away: try again."""


@dataclass(frozen=True)
class Address:
    """Where a browser takes messages: its endpoint, its public key and its secret, base64url."""

    endpoint: str
    p256dh: str
    auth: str

    def check(self) -> None:
        """Raises StrangeAddressError, also for keys that are none."""
        _place(self.endpoint)
        try:
            _public(_bytes(self.p256dh))
            secret = _bytes(self.auth)
        except ValueError as wrong:
            raise StrangeAddressError("keys") from wrong
        if len(secret) != 16:
            raise StrangeAddressError("auth")

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.endpoint.encode()).hexdigest()


def public_key() -> str:
    """What a browser is told, so that only this installation can send to it."""
    return _text(_point(_own_key().public_key()))


def send(address: Address, message: dict[str, Any], *, topic: str = "") -> None:
    """Hand a message over. Of those with one `topic` a browser that was away gets the latest only.

    Raises GoneError, RefusedError, LaterError.
    """
    place = _place(address.endpoint)
    body = encrypt(json.dumps(message, ensure_ascii=False).encode(), address)
    headers = {
        "Authorization": _authorization(f"{place.scheme}://{place.netloc}"),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(LIVES),
        "Urgency": "normal",
        **({"Topic": topic} if topic else {}),
    }
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=PATIENCE)
    try:
        connection.request("POST", place.path + (f"?{place.query}" if place.query else ""), body, headers)
        answer = connection.getresponse()
        said = answer.read(300).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as problem:
        raise LaterError(f"{type(problem).__name__}: {problem}") from problem
    finally:
        connection.close()
    _judge(answer.status, " ".join(said.split()))


def _judge(status: int, said: str) -> None:
    if 200 <= status < 300:
        return
    if status in GONE:
        raise GoneError
    if status == 429 or status >= 500:
        raise LaterError(f"{status} {said}".strip())
    raise RefusedError(f"{status} {said}".strip())


def encrypt(message: bytes, address: Address) -> bytes:
    """`message` for one browser, as one record of aes128gcm (RFC 8188)."""
    if len(message) > LONGEST:
        raise ValueError(f"A message has at most {LONGEST} bytes.")
    return seal(message, address, salt=os.urandom(16), once=ec.generate_private_key(ec.SECP256R1()))


def seal(message: bytes, address: Address, *, salt: bytes, once: ec.EllipticCurvePrivateKey) -> bytes:
    """The same with the salt and the key that `encrypt` makes anew for each message (RFC 8291, section 3)."""
    theirs, secret = _bytes(address.p256dh), _bytes(address.auth)
    ours = _point(once.public_key())
    shared = once.exchange(ec.ECDH(), _public(theirs))
    base = _derive(shared, salt=secret, info=b"WebPush: info\0" + theirs + ours, length=32)
    key = _derive(base, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _derive(base, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    head = salt + struct.pack(">IB", RECORD, len(ours)) + ours
    return head + AESGCM(key).encrypt(nonce, message + b"\x02", None)


def _authorization(audience: str) -> str:
    key = _own_key()
    claims = {"aud": audience, "exp": int(time.time()) + SIGNED_FOR, "sub": settings.BASE_URL}
    head = _text(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())
    said = f"{head}.{_text(json.dumps(claims).encode())}"
    r, s = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    signature = _text(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={said}.{signature}, k={_text(_point(key.public_key()))}"


def _own_key() -> ec.EllipticCurvePrivateKey:
    """The key of this installation, made at first use; two first uses agree on one."""
    kept = SealedKey.objects.filter(name=KEY_NAME).first()
    if kept is None:
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        made = SealedKey(name=KEY_NAME, box=box.seal(str(number)), made_at=clock.now())
        SealedKey.objects.bulk_create([made], ignore_conflicts=True)
        kept = SealedKey.objects.get(name=KEY_NAME)
    return ec.derive_private_key(int(box.unseal(kept.box)), ec.SECP256R1())


def _place(endpoint: str) -> SplitResult:
    """The parts of an endpoint of a known service. Raises StrangeAddressError."""
    try:
        place = urlsplit(endpoint)
        port = place.port
    except ValueError as wrong:
        raise StrangeAddressError(endpoint[:100]) from wrong
    host = place.hostname or ""
    is_known = any(host == one or host.endswith(f".{one}") for one in settings.PUSH_HOSTS)
    is_safe = (place.scheme == "https" and port in {None, 443}) or (place.scheme == "http" and host in LOCAL)
    if not (is_known and is_safe) or place.username or any(ord(sign) <= 32 for sign in endpoint):
        raise StrangeAddressError(endpoint[:100])
    return place


def _derive(material: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)


def _public(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
