"""A push service in a process of its own, with a browser behind it: `python -m tests.push_service PORT FOLDER`.

It holds the browser's keys, checks the sender's signature by RFC 8292, opens each message by RFC 8188 and
8291 step by step (`opened`, held to the example of RFC 8291 by a test, as the sender is) and keeps it as a
file. /gone, /busy and /never answer 410, 503 and 403.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MOODS = {"/gone": 410, "/busy": 503, "/never": 403}


def unwrap(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def wrap(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def opened(body: bytes, *, key: ec.EllipticCurvePrivateKey, secret: bytes) -> bytes:
    """The message in a body, as a browser reads it: one record, named by the sender's public key."""
    salt, length, named = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    sender, record = body[21 : 21 + named], body[21 + named :]
    if len(record) > length:
        raise ValueError("A message is one record.")
    own = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    both = _mac(_mac(secret, shared), b"WebPush: info\0" + own + sender + b"\1")
    base = _mac(salt, both)
    content_key = _mac(base, b"Content-Encoding: aes128gcm\0\1")[:16]
    nonce = _mac(base, b"Content-Encoding: nonce\0\1")[:12]
    padded = AESGCM(content_key).decrypt(nonce, record, None).rstrip(b"\0")
    if padded[-1:] != b"\2":
        raise ValueError("The last record ends with 2.")
    return padded[:-1]


def _mac(key: bytes, said: bytes) -> bytes:
    return hmac.new(key, said, hashlib.sha256).digest()


class Service(BaseHTTPRequestHandler):
    key: ec.EllipticCurvePrivateKey
    secret: bytes
    folder: Path

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = MOODS.get(self.path, 201)
        if status == 201:
            status = self._keep(body)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _keep(self, body: bytes) -> int:
        try:
            claims, sender = self._signed()
        except Exception:  # noqa: BLE001  whatever is wrong with it, it is refused
            return 401
        message = opened(body, key=self.key, secret=self.secret)
        said = {
            "message": json.loads(message), "claims": claims, "sender": sender,
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }  # fmt: skip
        file = self.folder / f"{uuid.uuid4().hex}.part"
        file.write_text(json.dumps(said))
        file.rename(file.with_suffix(".json"))
        return 201

    def _signed(self) -> tuple[dict[str, Any], str]:
        scheme, _, rest = self.headers["Authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        head, claims, signature = parts["t"].split(".")
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unwrap(parts["k"]))
        raw = unwrap(signature)
        numbers = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        public.verify(encode_dss_signature(*numbers), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        said = json.loads(unwrap(claims))
        is_ours = (
            said["aud"] == f"http://{self.headers['Host']}" and json.loads(unwrap(head))["alg"] == "ES256"
        )
        if scheme != "vapid" or not is_ours or not time.time() < said["exp"] <= time.time() + 86_400:
            raise ValueError
        return said, parts["k"]

    def log_message(self, *_said: Any) -> None:
        """Nothing on the terminal."""


def main(port: int, folder: Path) -> None:
    Service.key, Service.secret, Service.folder = (
        ec.generate_private_key(ec.SECP256R1()),
        os.urandom(16),
        folder,
    )
    server = ThreadingHTTPServer(("127.0.0.1", port), Service)
    point = Service.key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    keys = {"port": server.server_address[1], "p256dh": wrap(point), "auth": wrap(Service.secret)}
    sys.stdout.write(json.dumps(keys) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
