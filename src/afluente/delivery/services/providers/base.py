"""What a provider of a channel is given and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message ready to go. `key` is the same at every attempt; `headers` are of an e-mail, which comes back to
    `return_to` (empty: to whoever it is from); `callback` is where a provider of short messages says what became of it.
    """

    key: str
    address: str
    text: str
    subject: str = ""
    html: str = ""
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""
    return_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    callback: str = ""


@dataclass(frozen=True)
class Sent:
    """The provider took it; its own name for it, if it gave one."""

    provider_id: str = ""


@dataclass(frozen=True)
class Later:
    """It was certainly not taken, and may be later; in `after` seconds if the provider said so."""

    detail: str
    after: int = 0


@dataclass(frozen=True)
class Refused:
    """It will never be taken. `is_gone`: there is no such address; `has_left`: its owner told the provider that
    they want no more.
    """

    detail: str
    reason: str = "refused"
    is_gone: bool = False
    has_left: bool = False


@dataclass(frozen=True)
class Unknown:
    """It may have been taken: nobody may send it again but a person who looked."""

    detail: str


@dataclass(frozen=True)
class Receipt:
    """What a provider says of a message that it took, by its own name for it."""

    provider_id: str
    is_there: bool
    detail: str = ""


Outcome = Sent | Later | Refused | Unknown


class Line(Protocol):
    """A connection that may carry many messages."""

    def send(self, message: Outgoing) -> Outcome:
        """Hand one over. Never raises for what a provider may answer."""


@runtime_checkable
class Hearing(Protocol):
    """A line that also says what became of messages."""

    def heard(self, seconds: float) -> Iterator[Receipt]:
        """Receipts, until nothing is said for `seconds`. One is confirmed when the next is asked for."""


class Provider(Protocol):
    """One kind of provider. `options` are the sender's own, `secret` is unsealed."""

    def open(self, options: Mapping[str, Any], secret: str) -> AbstractContextManager[Line]:
        """A line; nobody is asked before the first message."""
