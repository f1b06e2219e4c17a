"""Secrets that must be read again: encrypted with a key outside the database (S-16)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class UnreadableSecretError(Exception):
    """The secret was sealed with another AFLUENTE_SECRET_KEY: set that one again, or make a new secret."""


@lru_cache(maxsize=1)
def _fernet() -> Fernet:
    key = hmac.new(settings.SECRET_KEY.encode(), b"afluente box", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(secret: str) -> str:
    """Encrypt `secret` for keeping in the database."""
    return _fernet().encrypt(secret.encode()).decode()


def unseal(box: str) -> str:
    """Read a sealed secret. Raises UnreadableSecretError after a change of the secret key."""
    try:
        return _fernet().decrypt(box.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecretError from error
