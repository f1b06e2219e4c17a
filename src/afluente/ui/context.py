"""The template variable `shell`: everything the frame around a page needs.

Built on first use, so a fragment that never draws the frame pays for no line of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from afluente.kernel import slots
from afluente.kernel.workspace import snapshot_at_entry
from afluente.ui import finding, navigation, preferences

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, kw_only=True)
class Group:
    """A heading and its lines."""

    slug: str
    label: StrOrPromise
    links: list[navigation.NavLink]


class Shell:
    """The frame around a page, for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def member(self) -> Any:
        return getattr(self.request, "member", None)

    @property
    def workspace(self) -> Any:
        return getattr(self.request, "workspace", None)

    @property
    def theme(self) -> str:
        return preferences.read(self.request, "theme")

    @property
    def density(self) -> str:
        return preferences.read(self.request, "density")

    @property
    def has_keys(self) -> bool:
        """Whether single keys act; a person may switch them off (WCAG 2.1.4)."""
        return bool(getattr(getattr(self.request, "user", None), "has_shortcuts", True))

    @cached_property
    def groups(self) -> list[Group]:
        """The navigation, with one line of it marked as the present page."""
        found = list(navigation.headed_groups(self.member)) if self.member else []
        marked = navigation.mark_current([n for _, links in found for n in links], self.request.path)
        current = {link.url for link in marked if link.current}
        return [
            Group(
                slug=group.slug,
                label=group.label,
                links=[replace(link, current=link.url in current) for link in links],
            )
            for group, links in found
        ]

    @cached_property
    def bottom(self) -> list[navigation.NavLink]:
        links = navigation.links(navigation.BOTTOM, self.member) if self.member else []
        return navigation.mark_current(links, self.request.path)

    @cached_property
    def profile(self) -> list[navigation.NavLink]:
        return navigation.links(navigation.PROFILE, self.member) if self.member else []

    @cached_property
    def links(self) -> list[navigation.NavLink]:
        """Every line, for the phone's More menu and for the keyboard sheet."""
        return [link for group in self.groups for link in group.links] + self.bottom

    @cached_property
    def outline(self) -> tuple[object, ...]:
        """All that its lines show, to tell one navigation from another."""
        groups = tuple((str(group.label), tuple(group.links)) for group in self.groups)
        return (groups, tuple(self.bottom), self.search_url, self.settings_url)

    @cached_property
    def settings(self) -> list[Group]:
        """The settings navigation, with the present page marked."""
        found = navigation.settings_pages(self.member) if self.member else []
        marked = navigation.mark_current([n for _, links in found for n in links], self.request.path)
        current = {link.url for link in marked if link.current}
        return [
            Group(
                slug=f"settings-{number}",
                label=label,
                links=[replace(link, current=link.url in current) for link in links],
            )
            for number, (label, links) in enumerate(found)
        ]

    @cached_property
    def switches(self) -> list[navigation.Switch]:
        return navigation.switches(self.request) if self.member else []

    @cached_property
    def settings_url(self) -> str:
        """The first settings page this member may open."""
        return self.settings[0].links[0].url if self.settings else ""

    @property
    def is_settings(self) -> bool:
        return any(link.current for group in self.settings for link in group.links)

    @property
    def search_url(self) -> str:
        return navigation.address("search")

    @property
    def palette_url(self) -> str:
        return navigation.address("palette") if self.member else ""

    @property
    def opened_url(self) -> str:
        return navigation.address("opened")

    @property
    def opened(self) -> str:
        """The kind and number of the record whose own page this is, for remembering that it was opened;
        empty on other pages, and while looking as somebody else.
        """
        match = self.request.resolver_match
        if match is None or not self.member or getattr(self.request, "viewer", None) is not None:
            return ""
        name = finding.source_of_page(match.view_name)
        return f"{name}:{match.kwargs['pk']}" if name else ""

    @property
    def live_url(self) -> str:
        """The stream of changes, from before this page read anything: what changes while it is on
        its way to the browser is told as well.
        """
        seen = snapshot_at_entry()
        is_oneself = getattr(self.request, "viewer", None) is None  # the stream knows only the real person
        return f"/live?{urlencode({'after': seen})}" if self.member and seen and is_oneself else ""

    @cached_property
    def notices(self) -> list[slots.Part]:
        """What slices want said above every page (slot `shell.notice`)."""
        return slots.parts("shell.notice", request=self.request) if self.member else []

    @property
    def sign_out_url(self) -> str:
        return navigation.address("sign_out")

    @property
    def themes(self) -> list[tuple[str, str, StrOrPromise]]:
        """Value, sign and name of each theme."""
        return [
            ("system", "monitor", _("As the device")),
            ("light", "sun", _("Light")),
            ("dark", "moon", _("Dark")),
        ]

    @property
    def languages(self) -> list[dict[str, Any]]:
        """The languages offered, each under its own name."""
        active = get_language()
        return [
            {"code": code, "name": get_language_info(code)["name_local"], "current": code == active}
            for code, _label in settings.LANGUAGES
        ]


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
