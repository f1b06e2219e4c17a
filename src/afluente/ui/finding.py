"""What the search box can find, registered by the slices that own it.

Slices call the `register_*` functions in their `AppConfig.ready`; the search slice asks them. A source
decides itself what `member`, the signed-in membership, may see: this floor may not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from afluente.ui.navigation import everyone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django_stubs_ext import StrOrPromise

COMMANDS, MARKS, PEOPLE = ">", "#", "@"
PREFIXES = (COMMANDS, MARKS, PEOPLE)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing found. `face` draws initials instead of `icon`; `css` colours a dot, as of a stage.

    `note` stands behind the title, `meta` at the end of the line. `opens` is the id of a dialog of the
    page, instead of an address.
    """

    title: StrOrPromise
    url: str = ""
    pk: int = 0
    note: StrOrPromise = ""
    meta: str = ""
    icon: str = ""
    face: str = ""
    square: bool = False
    css: str = ""
    opens: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A kind of thing that can be found.

    `find(member, typed, limit)` gives rows, the best first. `fetch(member, ids)` gives those of `ids`
    that the member still sees; with `page`, the URL name of a record's own page (argument `pk`), they
    are remembered as opened lately. `every(typed)` is the address of all results. `acts(member, pk)`
    says what can be done with the first row found. `prefixes` are the signs it answers to; "" is none.
    `seconds` is its own time in the box; 0 for one that asks no database.
    """

    name: str
    label: StrOrPromise
    icon: str
    find: Callable[[Any, str, int], Sequence[Row]]
    order: int = 50
    visible: Callable[[Any], bool] = everyone
    fetch: Callable[[Any, Sequence[int]], Sequence[Row]] | None = None
    page: str = ""
    every: Callable[[str], str] | None = None
    acts: Callable[[Any, int], Iterable[Row]] | None = None
    prefixes: tuple[str, ...] = ("",)
    seconds: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something that can be done from anywhere: a page where it begins, or a dialog of every page.

    `words` find it besides its label; `key` is the key that does it where it is offered.
    """

    name: str
    label: StrOrPromise
    icon: str
    url_name: str = ""
    opens: str = ""
    words: StrOrPromise = ""
    order: int = 50
    visible: Callable[[Any], bool] = everyone
    key: str = ""

    def row(self) -> Row:
        """The line that offers it."""
        url = reverse(self.url_name) if self.url_name else ""
        return Row(title=self.label, url=url, icon=self.icon, opens=self.opens, key=self.key)


_sources: dict[str, Source] = {}
_actions: dict[str, Action] = {}
_acts: dict[str, list[Callable[[Any, int], Iterable[Row]]]] = {}


def register_source(source: Source) -> None:
    """Let a kind of thing be found. Registering a name again replaces it."""
    _sources[source.name] = source


def register_action(action: Action) -> None:
    """Offer something that can be done. Registering a name again replaces it."""
    _actions[action.name] = action


def register_acts(name: str, acts: Callable[[Any, int], Iterable[Row]]) -> None:
    """Let a slice above say what it can do with a thing of the source `name`. Twice changes nothing."""
    known = _acts.setdefault(name, [])
    if acts not in known:
        known.append(acts)


def sources(member: Any, prefix: str = "") -> list[Source]:
    """The sources that answer to `prefix` and that `member` may ask, in their order."""
    found = [one for one in _sources.values() if prefix in one.prefixes and one.visible(member)]
    return sorted(found, key=lambda one: one.order)


def source(name: str) -> Source | None:
    """The source of this name; None when no slice brings it."""
    return _sources.get(name)


def source_of_page(url_name: str) -> str:
    """The name of the source whose records have this page; '' when it is no record's page."""
    return next((one.name for one in _sources.values() if one.page and one.page == url_name), "")


def actions(member: Any) -> list[Action]:
    """What `member` may begin, in order."""
    found = [one for one in _actions.values() if one.visible(member)]
    return sorted(found, key=lambda one: one.order)


def acts_with(one: Source, member: Any, pk: int) -> list[Row]:
    """What can be done with a thing found: its own source first, then what other slices bring."""
    own = list(one.acts(member, pk)) if one.acts else []
    return own + [row for acts in _acts.get(one.name, ()) for row in acts(member, pk)]
