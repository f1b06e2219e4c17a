"""What began what happens now, and how deep it is: known while rules are at work, by deal (S-LOOP 1)."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Chain = tuple[int | None, int]  # the event that began it, automatic moves so far
_chains: ContextVar[Mapping[int, Chain]] = ContextVar("automation_chains", default=MappingProxyType({}))


@contextmanager
def caused(chains: Mapping[int, Chain]) -> Iterator[None]:
    """Let what is written about these deals inside be of their chains."""
    before = _chains.set(chains)
    try:
        yield
    finally:
        _chains.reset(before)


def present_chains() -> Mapping[int, Chain]:
    """The chains of deals that rules are at work on."""
    return _chains.get()
