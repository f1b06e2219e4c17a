"""Upward news inside one process: a lower slice publishes a fact, upper slices act on it.

Handlers run at once, in the publisher's transaction and workspace: what they write is kept or taken
back together with what they were told about, and an error in one of them stops the whole act. So a
handler does little; anything slow is queued as a job, in the same transaction.

An event is a frozen dataclass of ids and plain values, named in the past tense, in the `events.py`
of the slice that publishes it. Who did it is a field of the event (`by_id`), never read from a
global. What people see in a history is not this: that is the log in `timeline`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

E = TypeVar("E")
_handlers: dict[type[Any], list[Callable[[Any], None]]] = {}


def subscribe(event: type[E], handler: Callable[[E], None]) -> None:
    """Call `handler(fact)` for each fact of exactly the class `event`. Called in `AppConfig.ready`.

    Handlers run in the order of INSTALLED_APPS; subscribing the same one twice changes nothing.
    """
    known = _handlers.setdefault(event, [])
    if handler not in known:
        known.append(handler)


def publish(fact: object) -> int:
    """Tell everybody who subscribed, and return how many there were."""
    handlers = _handlers.get(type(fact), [])
    for handler in handlers:
        handler(fact)
    return len(handlers)
