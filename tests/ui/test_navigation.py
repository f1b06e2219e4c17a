"""The frame shows what the slices registered, to those who may see it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.test import RequestFactory

from afluente.ui import context, navigation
from afluente.ui.navigation import NavEntry, NavGroup, NavLink, SettingsPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ADMIN = SimpleNamespace(is_admin=True)
MEMBER = SimpleNamespace(is_admin=False)


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The real registrations stay out of these tests."""
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(navigation, "_groups", {navigation.MAIN: NavGroup(slug=navigation.MAIN, order=0)})
    monkeypatch.setattr(navigation, "_settings", {})
    monkeypatch.setattr(navigation, "_addresses", {})
    return


def shell(path: str, member: Any = MEMBER) -> context.Shell:
    request = RequestFactory().get(path)
    request.member = member  # type: ignore[attr-defined]
    return context.Shell(request)


def test_a_line_appears_in_its_group_with_the_name_of_its_number():
    navigation.register_nav(
        NavEntry(label="Guide", url_name="ui:styleguide", icon="house", badge=lambda _member: 4)
    )

    (group,) = shell("/").groups

    shown = [(link.label, link.url, link.counted) for link in group.links]
    assert shown == [("Guide", "/styleguide/", "ui:styleguide")]


def counted(name: str, asked: list[str], *, number: int = 1) -> Callable[[Any], int]:
    """A badge that notes that it was asked."""

    def badge(_member: Any) -> int:
        asked.append(name)
        return number

    return badge


def test_no_page_waits_for_a_number():
    asked: list[str] = []
    navigation.register_nav(
        NavEntry(label="Guide", url_name="ui:styleguide", icon="house", badge=counted("guide", asked))
    )
    navigation.register_nav_group(
        NavGroup(slug="data", counts=lambda _member: {"data-7": counted("data", asked)(None)})
    )

    frame = shell("/")
    assert (len(frame.groups), frame.links, asked) == (1, frame.groups[0].links, [])

    assert navigation.counts(MEMBER) == {"data-7": 1, "ui:styleguide": 1}
    asked.clear()
    assert navigation.counts(MEMBER, of=["data-7"]) == {"data-7": 1}
    assert asked == ["data"]


def test_a_number_is_told_only_to_those_who_see_its_line():
    navigation.register_nav(
        NavEntry(
            label="Guide",
            url_name="ui:styleguide",
            icon="house",
            badge=lambda _member: 4,
            visible=lambda who: who.is_admin,
        )
    )

    assert navigation.counts(MEMBER) == {}
    assert navigation.counts(ADMIN) == {"ui:styleguide": 4}


def test_a_line_is_shown_only_to_those_who_may_see_it():
    navigation.register_nav(
        NavEntry(label="Guide", url_name="ui:styleguide", icon="house", visible=lambda who: who.is_admin)
    )

    assert shell("/", MEMBER).groups == []
    assert len(shell("/", ADMIN).groups) == 1


def test_a_group_may_be_made_of_data():
    navigation.register_nav_group(
        NavGroup(
            slug="pipelines",
            label="Pipelines",
            order=10,
            links=lambda _member: [NavLink(label="Sales", url="/deals/pipelines/1/", icon="house")],
        )
    )

    (group,) = shell("/deals/pipelines/1/").groups

    assert group.label == "Pipelines"
    assert group.links[0].current is True


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/", "/"), ("/deals/42/", "/deals/"), ("/deals/pipelines/2/", "/deals/pipelines/2/")],
)
def test_the_present_page_is_the_longest_address_that_contains_it(path: str, expected: str):
    links = [NavLink(label=url, url=url, icon="house") for url in ("/", "/deals/", "/deals/pipelines/2/")]

    marked = navigation.mark_current(links, path)

    assert [link.url for link in marked if link.current] == [expected]


def test_no_page_is_marked_when_none_contains_the_path():
    links = [NavLink(label="Home", url="/", icon="house")]

    assert [link.current for link in navigation.mark_current(links, "/contacts/")] == [False]


def test_settings_pages_stand_under_their_headings_and_are_hidden_from_others():
    for order, group in enumerate(["Workspace", "Workspace"]):
        name = ("ui:styleguide", "ui:preferences")[order]
        navigation.register_settings_page(
            SettingsPage(
                group=group,
                label=name,
                url_name=name,
                icon="house",
                order=order,
                visible=lambda who: who.is_admin,
            )
        )

    assert [(g.label, len(g.links)) for g in shell("/preferences/", ADMIN).settings] == [("Workspace", 2)]
    assert shell("/preferences/", ADMIN).is_settings is True
    assert shell("/", MEMBER).settings_url == ""


def test_nothing_is_asked_for_a_visitor():
    navigation.register_nav(
        NavEntry(label="Guide", url_name="ui:styleguide", icon="house", badge=lambda member: member.missing)
    )

    assert shell("/", None).groups == []
    assert shell("/", None).search_url == ""
