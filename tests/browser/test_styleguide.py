"""What only a browser can tell about the shared components: focus, keys, drafts, themes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, sync_playwright

from afluente.kernel.workspace import scope
from tests import cast, make
from tests.browser.chromium import launch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.serving import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def signed_in(served: Server) -> Client:
    """The session of an owner, in the served database."""
    workspace = make.workspace()
    with scope(workspace.pk):
        owner = make.member(name="Ana Souza", role="owner")
    return cast.browser(owner)


@contextmanager
def opened(served: Server, session: Client, **options: Any) -> Iterator[Page]:
    """The style guide in a new browser of that session. Errors on the console fail the test."""
    cookies = [{"name": n, "value": c.value, "url": served.url} for n, c in session.cookies.items()]
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(**options)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{served.url}/styleguide/")
        yield page
        browser.close()
    assert [error for error in errors if "status of 422" not in error] == []


def test_menus_and_dialogs_obey_the_keyboard_and_give_the_focus_back(served: Server, signed_in: Client):
    with opened(served, signed_in) as page:
        page.get_by_role("button", name="Open a menu").press("Enter")
        first = page.evaluate("document.activeElement.textContent.trim()")
        page.keyboard.press("ArrowDown")
        second = page.evaluate("document.activeElement.textContent.trim()")
        page.keyboard.press("Escape")
        last = page.evaluate("document.activeElement.textContent.trim()")
        page.get_by_role("button", name="Open a dialog").click()
        is_open = page.get_by_role("dialog", name="Delete the stage Meeting?").is_visible()
        page.keyboard.press("Escape")
        focused = page.evaluate("document.activeElement.textContent")

    assert (first, second, last) == ("New lead1", "WonW", "Open a menu")
    assert (is_open, focused) == (True, "Open a dialog")


def test_a_draft_and_the_theme_survive_a_reload(served: Server, signed_in: Client):
    with opened(served, signed_in) as page:
        page.get_by_role("textbox", name="Comment").fill("Ligar na segunda")
        page.reload()
        kept = page.get_by_role("textbox", name="Comment").input_value()

        with page.expect_response("**/preferences/"):
            page.get_by_role("button", name="Dark").click()
        at_once = page.evaluate("document.documentElement.dataset.theme")
        page.reload()
        afterwards = page.evaluate("document.documentElement.dataset.theme")

    assert kept == "Ligar na segunda"
    assert (at_once, afterwards) == ("dark", "dark")
