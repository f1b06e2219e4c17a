"""Django's cache in PostgreSQL, shared by all processes: `add` and `incr` are atomic.

The accounts library keeps its request limits and the second-factor codes used lately in a cache.
In one process's memory a limit would count per process, and a code could be used once in each.
Values are JSON: nothing that comes back from the database is executed.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from afluente.kernel import statements


class SharedCache(BaseCache):
    """Registered in settings.CACHES. Losing its table in a crash (it is unlogged) only forgets limits."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found = statements.cache(statements.CACHE_READ, key=self._key(key, version))
        return default if found is None else json.loads(str(found))

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        statements.cache(statements.CACHE_WRITE, **self._row(key, value, timeout, version))

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep `value` unless there is one already; of two callers at once exactly one succeeds."""
        return statements.cache(statements.CACHE_ADD, **self._row(key, value, timeout, version)) is not None

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        key, seconds = self._key(key, version), self._seconds(timeout)
        return statements.cache(statements.CACHE_TOUCH, key=key, seconds=seconds) is not None

    def delete(self, key: str, version: int | None = None) -> bool:
        return statements.cache(statements.CACHE_DELETE, key=self._key(key, version)) is not None

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        found = statements.cache(statements.CACHE_INCREASE, key=self._key(key, version), delta=delta)
        if found is None:
            raise ValueError(f"Key {key!r} not found")
        return int(found)

    def clear(self) -> None:
        statements.cache(statements.CACHE_CLEAR)

    def _key(self, key: str, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _seconds(self, timeout: Any) -> float | None:
        """Seconds from now; None for ever. Django calls a timeout of 0 or less expired at once."""
        chosen = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return None if chosen is None else float(chosen)

    def _row(self, key: str, value: Any, timeout: Any, version: int | None) -> dict[str, str | float | None]:
        return {
            "key": self._key(key, version),
            "value": json.dumps(value),
            "seconds": self._seconds(timeout),
        }
