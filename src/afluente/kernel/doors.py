"""Fast doors: addresses answered by a coroutine, without Django's middleware or a pool thread.

A slice registers its handlers when its app is ready. A handler gets the raw ASGI call, does its own
authentication, and reads its body with `kernel.asgi.read_body`. Everything else goes to Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from afluente.kernel.asgi import Handler

BODY_LIMIT = 1_048_576  # bytes, for every address that did not ask for another limit


@dataclass(frozen=True)
class _Door:
    method: str
    prefix: str
    handler: Handler


_doors: list[_Door] = []
_limits: dict[str, int] = {}
_resumable: set[str] = set()


def register(method: str, prefix: str, handler: Handler) -> None:
    """Answer `method` (upper case) on every path that starts with `prefix` by `handler`.

    The longest prefix wins. A prefix without a slash at its end matches that path only, so that
    `/api/v1/leads` is not also the door of `/api/v1/leads/42`.
    """
    _doors.append(_Door(method, prefix, handler))
    _doors.sort(key=lambda door: -len(door.prefix))


def find(method: str, path: str) -> Handler | None:
    """The handler of an address; None means that Django answers it."""
    for door in _doors:
        if door.method == method and _matches(door.prefix, path):
            return door.handler
    return None


OF_A_FORM = 1_048_576  # bytes of a form around its files


def limit_body(prefix: str, limit: int, *, is_resumable: bool = False) -> None:
    """Accept bodies up to `limit` bytes on paths that start with `prefix`; Django's pool holds them
    in memory up to BODY_LIMIT and in a temporary file beyond.

    A resumable body counts also when its sender leaves half way: Django gets what came, keeps it,
    and nobody hears the answer. `Content-Length` then says how much that was.
    """
    _limits[prefix] = limit
    if is_resumable:
        _resumable.add(prefix)


def keeps_parts(path: str) -> bool:
    """Whether half a body sent to `path` is worth keeping."""
    return any(path.startswith(prefix) for prefix in _resumable)


def body_limit(path: str) -> int:
    """How many bytes a body sent to `path` may have."""
    found = [prefix for prefix in _limits if path.startswith(prefix)]
    return _limits[max(found, key=len)] if found else BODY_LIMIT


def _matches(prefix: str, path: str) -> bool:
    return path.startswith(prefix) if prefix.endswith("/") else path == prefix
