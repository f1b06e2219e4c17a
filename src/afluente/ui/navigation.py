"""What the shell shows, registered by the slices that own it.

Slices call the `register_*` functions in their `AppConfig.ready`. The shell asks each entry whether
this member sees it. `member` is the signed-in membership, of whatever type the accounts slice gives
it: this floor may not know. Numbers beside lines are no part of a page: `counts` gives them, and the
page asks for them once it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise

MAIN = "main"
CHANNELS = "channels"
BOTTOM = "bottom"
PROFILE = "profile"


def everyone(_member: Any) -> bool:
    """The default of `visible`: whoever is signed in."""
    return True


@dataclass(frozen=True, kw_only=True)
class NavLink:
    """A line ready to draw; a group whose lines are data, such as pipelines, returns these.

    `tab` puts the line in the phone's bar of five. `key` is pressed after G. `also` are addresses
    elsewhere that belong to the line. `current` is set by the shell. `counted` names its number in the
    answer of `counts`, or is empty; the page asks again when the live stream tells of `counted_on`, such
    as "notification.*". `hot` fills the number with the accent. A click on a desk opens `peek`, an
    address whose answer is shown in a drop-down, instead of the page.
    """

    label: StrOrPromise
    url: str
    icon: str
    hot: bool = False
    tab: bool = False
    key: str = ""
    also: tuple[str, ...] = ()
    current: bool = False
    counted: str = ""
    counted_on: str = ""
    peek: str = ""


@dataclass(frozen=True, kw_only=True)
class NavEntry:
    """A fixed line of the navigation. `badge` gives its number, shown when above zero; it is kept true
    by what the live stream tells of `counted_on`. `peek` is the query of what a drop-down shows of the page.
    """

    label: StrOrPromise
    url_name: str
    icon: str
    group: str = MAIN
    order: int = 50
    badge: Callable[[Any], int] | None = None
    hot: bool = False
    visible: Callable[[Any], bool] = everyone
    tab: bool = False
    key: str = ""
    counted_on: str = ""
    peek: str = ""

    def link(self) -> NavLink:
        return NavLink(
            label=self.label,
            url=_url(self.url_name),
            icon=self.icon,
            hot=self.hot,
            tab=self.tab,
            key=self.key,
            counted=self.url_name if self.badge else "",
            counted_on=self.counted_on,
            peek=f"{_url(self.url_name)}{self.peek}" if self.peek else "",
        )


@dataclass(frozen=True, kw_only=True)
class NavGroup:
    """A group of lines under a heading. `links` adds lines that are data, before the fixed ones, and
    `counts` their numbers, by the names that the lines call them. Such names begin with `slug`.
    """

    slug: str
    label: StrOrPromise = ""
    order: int = 50
    links: Callable[[Any], Iterable[NavLink]] | None = None
    counts: Callable[[Any], Mapping[str, int]] | None = None


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """One line of the settings navigation, under the heading `group`. `also` names the URLs of pages
    that belong to it though their addresses begin otherwise.
    """

    group: StrOrPromise
    label: StrOrPromise
    url_name: str
    icon: str
    order: int = 50
    visible: Callable[[Any], bool] = everyone
    also: tuple[str, ...] = ()

    def link(self) -> NavLink:
        return NavLink(
            label=self.label,
            url=_url(self.url_name),
            icon=self.icon,
            also=tuple(_url(name) for name in self.also),
        )


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A workspace this person may enter. `url` takes a POST."""

    label: str
    url: str
    current: bool = False


@cache
def _url(name: str) -> str:
    """The address of a page without arguments: every page shows dozens, and they never change."""
    return reverse(name)


_groups: dict[str, NavGroup] = {MAIN: NavGroup(slug=MAIN, order=0)}
_entries: dict[tuple[str, str], NavEntry] = {}
_settings: dict[str, SettingsPage] = {}
_switchers: list[Callable[[HttpRequest], Iterable[Switch]]] = []
_addresses: dict[str, str] = {}


def register_nav(entry: NavEntry) -> None:
    """Add a line. Registering the same URL in the same group again replaces it."""
    _entries[entry.group, entry.url_name] = entry


def register_nav_group(group: NavGroup) -> None:
    """Add a headed group. Entries name it by its slug."""
    _groups[group.slug] = group


def register_settings_page(page: SettingsPage) -> None:
    """Add a page to the settings navigation."""
    _settings[page.url_name] = page


def register_switcher(source: Callable[[HttpRequest], Iterable[Switch]]) -> None:
    """Say where the list of workspaces of the signed-in person comes from."""
    _switchers.append(source)


def register_address(what: Literal["search", "palette", "opened", "live", "sign_out"], url_name: str) -> None:
    """Say which URL is the page of the search and which gives lines of its box (both `?q=`), takes the
    news that a record was opened, or signs out (both a POST).
    """
    _addresses[what] = url_name


def address(what: str) -> str:
    """A registered address, or nothing when no slice offers it."""
    return _url(_addresses[what]) if what in _addresses else ""


def switches(request: HttpRequest) -> list[Switch]:
    """The workspaces this person may enter, the present one included."""
    return [switch for source in _switchers for switch in source(request)]


def links(slug: str, member: Any) -> list[NavLink]:
    """The lines of one group that `member` sees, none marked current."""
    group = _groups.get(slug)
    own = list(group.links(member)) if group and group.links else []
    fixed = sorted((e for e in _entries.values() if e.group == slug), key=lambda e: e.order)
    return own + [entry.link() for entry in fixed if entry.visible(member)]


def counts(member: Any, *, of: Collection[str] = ()) -> dict[str, int]:
    """The numbers beside the lines that `member` sees, by name; with `of`, those numbers alone."""

    def wanted(name: str) -> bool:
        return not of or any(one.startswith(name) for one in of)

    found: dict[str, int] = {}
    for group in _groups.values():
        if group.counts and wanted(group.slug):
            found |= group.counts(member)
    for entry in _entries.values():
        if entry.badge and wanted(entry.url_name) and entry.visible(member):
            found[entry.url_name] = entry.badge(member)
    return found


def headed_groups(member: Any) -> Iterator[tuple[NavGroup, list[NavLink]]]:
    """Every group of the navigation proper, in order, that has a line for `member`."""
    for group in sorted(_groups.values(), key=lambda g: g.order):
        if group.slug not in {BOTTOM, PROFILE} and (found := links(group.slug, member)):
            yield group, found


def places(member: Any) -> list[tuple[NavLink, StrOrPromise]]:
    """Every fixed line that `member` sees and every settings page with its heading."""
    heads = {slug: group.order for slug, group in _groups.items()} | {BOTTOM: 900, PROFILE: 901}
    entries = sorted(_entries.values(), key=lambda entry: (heads.get(entry.group, 50), entry.order))
    lines: list[tuple[NavLink, StrOrPromise]] = [
        (NavLink(label=entry.label, url=_url(entry.url_name), icon=entry.icon, key=entry.key), "")
        for entry in entries
        if entry.visible(member)
    ]
    pages = sorted(_settings.values(), key=lambda page: page.order)
    return lines + [(page.link(), page.group) for page in pages if page.visible(member)]


def settings_pages(member: Any) -> list[tuple[StrOrPromise, list[NavLink]]]:
    """The settings navigation for `member`: headings in the order of their first page."""
    shown: dict[str, tuple[StrOrPromise, list[NavLink]]] = {}
    for page in sorted(_settings.values(), key=lambda p: p.order):
        if page.visible(member):
            shown.setdefault(str(page.group), (page.group, []))[1].append(page.link())
    return list(shown.values())


def mark_current(found: list[NavLink], path: str) -> list[NavLink]:
    """Mark the one line that has the longest beginning of `path` among its addresses."""
    places = [(place, link.url) for link in found for place in (link.url, *link.also)]
    matches = [place for place in places if place[0] == path or _contains(place[0], path)]
    best = max(matches, key=lambda place: len(place[0]), default=None)
    return [replace(link, current=best is not None and link.url == best[1]) for link in found]


def _contains(url: str, path: str) -> bool:
    return url != "/" and path.startswith(url.rstrip("/") + "/")
