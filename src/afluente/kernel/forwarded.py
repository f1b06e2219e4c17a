"""Who is really asking, when a proxy stands in front.

X-Forwarded-For and X-Forwarded-Proto are believed only from this machine, or when the base URL is
https (then a proxy ends TLS and is the only way in). Of several addresses the last is taken: the one
our own proxy saw. From anybody else both headers are removed, so that nothing later believes them.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from afluente.kernel.asgi import Scope

_NAMES = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded"})


def settle(scope: Scope, *, is_behind_tls: bool) -> None:
    """Put the sender's address and scheme into `scope`."""
    found = {name: value.decode("latin-1") for name, value in scope["headers"] if name in _NAMES}
    if not found:
        return
    if not (is_behind_tls or _is_loopback((scope.get("client") or ("",))[0])):
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in _NAMES]
        return
    address = found.get(b"x-forwarded-for", "").rpartition(",")[2].strip()
    if _is_address(address):
        scope["client"] = (address, 0)
    scheme = found.get(b"x-forwarded-proto", "").rpartition(",")[2].strip()
    if scheme in {"http", "https"}:
        scope["scheme"] = scheme


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(text: str) -> bool:
    return _is_address(text) and ipaddress.ip_address(text).is_loopback
