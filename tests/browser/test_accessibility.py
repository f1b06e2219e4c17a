"""What axe says about every main page, at two widths, in light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from afluente.capture import services as capture
from afluente.kernel.workspace import scope
from afluente.proof import worlds
from afluente.proof.routes import routes
from tests.browser import chromium
from tests.browser.pushing import told_on_this_device

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

    from tests.serving import Server

pytestmark = pytest.mark.browser

NAME = "estuario"
AXE = next((Path(__file__).parent / "vendor").glob("axe-*.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The ghost of a lifted card is faint on purpose and hidden from screen readers.
ASK = """([exclude, kind, values, off]) => axe.run({exclude}, {
    runOnly: {type: kind, values}, resultTypes: ['violations'],
    rules: Object.fromEntries(off.map(rule => [rule, {enabled: false}])),
  }).then(answer => answer.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 200))]))"""
# What every page has around it is looked at once.
AROUND = [".ghost", ".nav"]
# A colour on its way from one theme to the other is neither.
STILL = "*, ::before, ::after { transition: none !important; animation: none !important }"
# A phone that shows the whole page: half a box under the bar at the foot of the screen is no small box.
LAPTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 3000}
# What each look asks. Colours are the slowest to ask and hardly differ by width; the rest does not by theme.
LOOKS: tuple[tuple[str, Any, Any, list[Any]], ...] = (
    ("light", 1440, LAPTOP, ["tag", RULES, []]),
    ("dark", 1440, LAPTOP, ["rule", ["color-contrast"], []]),
    ("light", 390, PHONE, ["tag", RULES, ["color-contrast"]]),
)


def seen(page: Page, exclude: Sequence[str]) -> dict[str, list[Any]]:
    """What is wrong with the page as it is, by theme and width; wider than the screen is wrong too."""
    page.add_script_tag(path=AXE)
    page.add_style_tag(content=STILL)
    found = {}
    for scheme, width, size, question in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        wrong: list[Any] = page.evaluate(ASK, [exclude, *question])
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append("wider than the screen")
        if wrong:
            found[f"{scheme} {width}"] = wrong
    return found


def whole_pages(world: worlds.World, browser: Any) -> list[str]:
    """Every address that shows a whole page: whoever adds one has it looked at.

    The record behind an id is the one that the proof's world has of each kind.
    """
    found = []
    for path in (path for route in routes() if not route.is_api for path in route.paths(world.ids)):
        answer = browser.get(path) if "^" not in path else None
        if answer and answer.status_code == 200 and b"<html" in getattr(answer, "content", b"")[:300]:
            found.append(path)
    return found


def looked_at(browser: Any, served: Server, paths: list[str], cookies: list[Any]) -> dict[str, list[Any]]:
    """The faults of these pages, by path, theme and width."""
    context = browser.new_context(bypass_csp=True)
    context.add_cookies(cookies)
    page = context.new_page()
    faults = {}
    for number, path in enumerate(paths):
        page.goto(f"{served.url}{path}")
        wrong = seen(page, AROUND if number else AROUND[:1])
        faults |= {f"{path} {look}": found for look, found in wrong.items()}
    if cookies:
        faults |= of_the_box(page, served)
    context.close()
    return faults


def of_the_box(page: Page, served: Server) -> dict[str, list[Any]]:
    """What is wrong with the search box, opened by its keys over a page and asked something."""
    page.set_viewport_size(LAPTOP)
    page.goto(f"{served.url}/contacts/")
    page.keyboard.press("Control+k")
    page.keyboard.type(NAME[:3])
    page.locator('#palette [role="option"][aria-selected="true"] mark').first.wait_for()
    return {f"search box {look}": wrong for look, wrong in seen(page, AROUND).items()}


def test_every_page_is_accessible(served: Server):
    world = worlds.build("estuario", NAME)
    with scope(world.owner.workspace_id):
        form = capture.create_form(name="Site", language="en")
    client = worlds.browser(world.owner)
    own = whole_pages(world, client)
    assert f"/contacts/{world.ids['contact']}/" in own
    own += ["/deals/?status=won", f"/search/?q={NAME}", "/nowhere/"]
    public = ["/api/v1/docs", "/accounts/login/", "/accounts/password/reset/", f"/f/{form.source.public_id}"]
    jar = client.cookies.items()
    cookies = [{"name": name, "value": cookie.value, "url": served.url} for name, cookie in jar]

    with chromium.browser() as browser:
        faults = looked_at(browser, served, own, cookies) | looked_at(browser, served, public, [])

    assert faults == {}


def test_the_first_page_is_accessible_fills_by_itself_and_is_told_of_while_closed(served: Server):
    with chromium.browser() as browser:
        assert looked_at(browser, served, ["/setup/"], []) == {}

        page = browser.new_page()
        page.goto(f"{served.url}/setup/")
        page.get_by_label("Your name").fill("Ana Souza")
        page.get_by_label("E-mail").fill("ana@example.com")
        page.get_by_label("Password", exact=True).fill("correct horse battery")
        page.get_by_label("Name of the business").fill("Estúdio Maré")
        page.get_by_text("Example data").click()
        page.get_by_role("button", name="Create the workspace").click()

        page.get_by_role("heading", name="New deals").wait_for(timeout=30_000)
        told_on_this_device(page, served.url)
