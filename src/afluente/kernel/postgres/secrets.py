"""Role passwords, derived and never stored: whoever has the secret key can connect."""

from __future__ import annotations

import hashlib
import hmac


def role_password(secret_key: str, role: str) -> str:
    """The password of `role`, the same on every machine that shares the secret key."""
    message = b"afluente database role\x00" + role.encode()
    return hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()


def fingerprint(*parts: str) -> str:
    """A short digest that tells whether `parts` changed, without revealing them."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]
