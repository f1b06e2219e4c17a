"""Places in a page that slices above its owner fill: the page names the place, they bring the parts.

A page of contacts may not know deals, and still shows the deals of a contact. Each slice registers
its sources once, in `AppConfig.ready`; a page asks for its slot with plain values and draws what
comes back. A source decides itself what `member` may see (invariant 9).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Source = Callable[..., Iterable[Any]]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a page: a template and what it is drawn with. Lower `order` stands first."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab of a record. `part` is called only when the tab is the open one."""

    slug: str
    label: Any
    part: Callable[[], Part]
    count: int = 0
    order: int = 50


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a list: a heading and the text of each row by record id; missing ids show a dash."""

    slug: str
    label: Any
    values: Mapping[int, Any]
    is_number: bool = False
    order: int = 50


_sources: dict[str, list[Source]] = {}


def register_slot(name: str, source: Source) -> None:
    """Let `source(**values)` bring parts to the slot `name`. Registering it twice changes nothing."""
    sources = _sources.setdefault(name, [])
    if source not in sources:
        sources.append(source)


def parts(name: str, **values: Any) -> list[Any]:
    """What all sources of the slot bring for `values`, in their order."""
    found = [part for source in _sources.get(name, ()) for part in source(**values)]
    return sorted(found, key=lambda part: part.order)
