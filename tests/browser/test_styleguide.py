"""What only a browser can tell about the shared components: contrast, focus, keys, drafts, themes."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, sync_playwright

from afluente.kernel.workspace import scope
from tests import cast, make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.serving import Server

pytestmark = pytest.mark.browser

AXE = next((Path(__file__).parent / "vendor").glob("axe-*.min.js"))
CHROMIUM = os.environ.get("AFLUENTE_CHROMIUM", "/usr/bin/chromium")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


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
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_component_is_accessible(served: Server, signed_in: Client, scheme: str, width: int):
    size = {"width": width, "height": 900}
    with opened(served, signed_in, color_scheme=scheme, viewport=size, bypass_csp=True) as page:
        page.add_script_tag(path=AXE)
        # The ghost of a lifted card is faint on purpose and hidden from screen readers.
        found = page.evaluate(
            "rules => axe.run({exclude: ['.ghost']}, {runOnly: rules})"
            ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))",
            RULES,
        )
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert found == []
    assert overflow <= 0


def test_menus_obey_the_keyboard_and_give_the_focus_back(served: Server, signed_in: Client):
    with opened(served, signed_in) as page:
        page.get_by_role("button", name="Open a menu").press("Enter")
        first = page.evaluate("document.activeElement.textContent.trim()")
        page.keyboard.press("ArrowDown")
        second = page.evaluate("document.activeElement.textContent.trim()")
        page.keyboard.press("Escape")
        last = page.evaluate("document.activeElement.textContent.trim()")

    assert (first, second, last) == ("New lead1", "WonW", "Open a menu")


def test_a_dialog_opens_and_escape_returns_the_focus(served: Server, signed_in: Client):
    with opened(served, signed_in) as page:
        page.get_by_role("button", name="Open a dialog").click()
        is_open = page.get_by_role("dialog", name="Delete the stage Meeting?").is_visible()
        page.keyboard.press("Escape")
        focused = page.evaluate("document.activeElement.textContent")

    assert (is_open, focused) == (True, "Open a dialog")


def test_a_draft_survives_a_reload(served: Server, signed_in: Client):
    with opened(served, signed_in) as page:
        page.get_by_role("textbox", name="Comment").fill("Ligar na segunda")
        page.reload()
        kept = page.get_by_role("textbox", name="Comment").input_value()

    assert kept == "Ligar na segunda"


def test_the_theme_changes_at_once_and_stays(served: Server, signed_in: Client):
    with opened(served, signed_in) as page:
        with page.expect_response("**/preferences/"):
            page.get_by_role("button", name="Dark").click()
        at_once = page.evaluate("document.documentElement.dataset.theme")
        page.reload()
        afterwards = page.evaluate("document.documentElement.dataset.theme")

    assert (at_once, afterwards) == ("dark", "dark")


def test_a_toast_offers_undo_by_key(served: Server, signed_in: Client):
    event = "document.dispatchEvent(new CustomEvent('af:toast', {detail: {text: 'Moved', undo: '/preferences/'}}))"
    with opened(served, signed_in) as page:
        page.evaluate(event)
        shown = page.locator(".toasts .toast").inner_text()
        with page.expect_request("**/preferences/") as asked:
            page.keyboard.press("z")
        method = asked.value.method
        page.wait_for_function("document.querySelector('.toasts').innerText.includes('Nothing has changed')")

    assert shown.split() == ["Moved", "Undo", "Z"]
    assert method == "POST"
