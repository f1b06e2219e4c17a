"""Public names of things: long enough that nobody guesses one (S-18), and carrying their workspace.

A form or a webhook is called before anybody is signed in, and no table may be read without a
workspace. So the public name starts with the workspace's number; the random part is the secret.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_RANDOM_CHARS = 26  # 130 bits


def new_public_id(workspace_id: int) -> str:
    """A fresh public name, such as `7x4k…` for workspace 7."""
    return f"{workspace_id}x{random_text(_RANDOM_CHARS)}"


def workspace_of(public_id: str) -> int | None:
    """The workspace a public name belongs to; None when the text is not such a name."""
    number, _, rest = public_id.partition("x")
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and len(rest) == _RANDOM_CHARS):
        return None
    return int(number) if set(rest) <= set(_ALPHABET) else None


def random_text(length: int) -> str:
    """`length` random characters, five bits each."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def digest(secret: str) -> str:
    """What is stored instead of a secret. A plain hash is enough: our secrets are random."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time (S-12)."""
    return hmac.compare_digest(left.encode(), right.encode())
