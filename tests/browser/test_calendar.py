"""What only a browser can tell about the calendar of tasks: dragging, keys, and the way back."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from afluente.accounts.models import Workspace
from afluente.kernel.workspace import scope
from tests import cast, make
from tests.browser.chromium import launch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.serving import Server

pytestmark = pytest.mark.browser
ON = "/tasks/calendar/?on=2031-03-01"


@pytest.fixture
def ana(served: Server) -> dict[str, Any]:
    """Ana, who has a call on the 5th of March at 10."""
    workspace = make.workspace()
    with scope(workspace.pk):
        Workspace.objects.filter(pk=workspace.pk).update(timezone="UTC")
        member = make.member(name="Ana Souza", role="owner")
        moments = {"start_at": _at(10, 0), "due_at": _at(10, 30)}
        task = make.task(title="Ring Lia", kind="call", assignee=member, **moments)
    return {"browser": cast.browser(member), "task": task.pk}


def _at(hour: int, minute: int) -> dt.datetime:
    return dt.datetime(2031, 3, 5, hour, minute, tzinfo=dt.UTC)


@contextmanager
def calendar(served: Server, ana: dict[str, Any]) -> Iterator[Page]:
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        jar = ana["browser"].cookies.items()
        context.add_cookies([{"name": n, "value": c.value, "url": served.url} for n, c in jar])
        page = context.new_page()
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{served.url}{ON}")
        yield page
        browser.close()
    assert errors == []


def day(page: Page, number: int) -> Any:
    return page.locator(f'td[data-date="2031-03-{number:02}"]')


def test_a_task_is_dragged_to_another_day_at_its_hour_and_undo_brings_it_back(served, ana):
    with calendar(served, ana) as page:
        day(page, 5).locator(".cal-task").drag_to(day(page, 20))

        expect(day(page, 20).locator(".cal-task")).to_contain_text("Ring Lia")
        expect(day(page, 20).locator(".cal-task")).to_contain_text("10:00")
        expect(day(page, 5).locator(".cal-task")).to_have_count(0)
        expect(page.locator("td.over")).to_have_count(0)
        page.keyboard.press("z")
        expect(day(page, 5).locator(".cal-task")).to_contain_text("10:00")


def test_shift_and_arrows_send_it_on_and_the_focus_goes_with_it(served, ana):
    with calendar(served, ana) as page:
        day(page, 5).locator(".cal-task").focus()
        for key, number in (("ArrowRight", 6), ("ArrowDown", 13), ("ArrowLeft", 12), ("ArrowUp", 5)):
            page.keyboard.press(f"Shift+{key}")
            expect(day(page, number).locator(".cal-task")).to_be_focused()
        expect(page.locator("#toasts")).to_contain_text("Ring Lia")
