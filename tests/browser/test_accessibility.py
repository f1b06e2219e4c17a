"""What axe says about every main page, at two widths, in light and dark."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from afluente.capture import services as capture
from afluente.contacts import services
from afluente.contacts.statements import search
from afluente.kernel.workspace import scope
from afluente.proof.routes import routes
from afluente.timeline.events import SYSTEM
from tests import cast, make
from tests.browser import chromium
from tests.browser.pushing import told_on_this_device

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.serving import Server

pytestmark = pytest.mark.browser

AXE = next((Path(__file__).parent / "vendor").glob("axe-*.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Pages that are no pages of ours to look at, each with the reason.
NOT_LOOKED_AT = re.compile(r"accounts/|demo/|setup/|files/.*|.*uploads")
# The ghost of a lifted card is faint on purpose and hidden from screen readers.
ASK = """rules => axe.run({exclude: ['.ghost']}, {runOnly: rules}).then(
  answer => answer.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 200))]))"""


def found_on(page: Page, address: str) -> list[Any]:
    """What is wrong with a page; a page wider than the screen is wrong too."""
    page.goto(address)
    page.add_script_tag(path=AXE)
    wrong: list[Any] = page.evaluate(ASK, RULES)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("wider than the screen")
    return wrong


def whole_pages(browser: cast.Browser) -> list[str]:
    """Every address without an id that shows a whole page: whoever adds one has it looked at."""
    found = []
    for route in routes():
        path = f"/{route.pattern}"
        if route.params or route.is_api or NOT_LOOKED_AT.match(route.pattern) or "^" in path:
            continue
        answer = browser.get(path)
        if answer.status_code == 200 and b"<html" in getattr(answer, "content", b"")[:300]:
            found.append(path)
    return found


def looked_at(browser: Any, served: Server, paths: list[str], cookies: list[Any]) -> dict[str, list[Any]]:
    """The faults of these pages, by theme, width and path."""
    faults = {}
    # The dark phone shows nothing that is not in one of the others.
    for scheme, width in (("light", 1440), ("light", 390), ("dark", 1440)):
        # A phone that shows the whole page: half a box under the bar at the foot of the screen is no small box.
        size = {"width": width, "height": 900 if width > 390 else 3000}
        context = browser.new_context(color_scheme=scheme, viewport=size, bypass_csp=True)
        context.add_cookies(cookies)
        page = context.new_page()
        for path in paths:
            if wrong := found_on(page, f"{served.url}{path}"):
                faults[f"{scheme} {width} {path}"] = wrong
        if cookies:
            faults |= {f"{scheme} {width} {what}": wrong for what, wrong in of_the_box(page, served).items()}
        context.close()
    return faults


def of_the_box(page: Page, served: Server) -> dict[str, list[Any]]:
    """What is wrong with the search box, opened by its keys over a page and asked something."""
    page.goto(f"{served.url}/contacts/")
    page.keyboard.press("Control+k")
    page.keyboard.type("lia")
    page.locator('#palette [role="option"][aria-selected="true"] mark').first.wait_for()
    page.add_script_tag(path=AXE)
    wrong: list[Any] = page.evaluate(ASK, RULES)
    page.keyboard.press("Escape")
    return {"search box": wrong} if wrong else {}


def test_the_main_pages_are_accessible(served: Server):
    workspace = make.workspace()
    with scope(workspace.pk):
        owner = make.member(name="Ana Souza", role="owner")
        pipeline = make.pipeline()
        contact = make.contact(name="Lia Prado", emails=("lia@example.com",), phones=("(11) 98412-3307",))
        search.index_contacts([contact.pk])
        company = services.create_company(name="Bem Viver", by=SYSTEM)
        services.link_contacts(company_id=company.pk, contact_ids=[contact.pk], by=SYSTEM)
        field = services.create_field(name="Size", kind="select", options=["S", "M"], by=SYSTEM)
        services.create_tag(name="VIP", by=SYSTEM)
        deal = make.deal(name="Kitchen in oak", contacts=(contact,), amount=9000, source="form")
        make.deal(name="Sold", stage=make.stage_of(pipeline, "Won"), assignee=owner)
        form = capture.create_form(name="Site", language="en")
        rule = make.rule(name="From the site")
    browser = cast.browser(owner)
    own = [path for path in whole_pages(browser) if path != "/styleguide/"]
    own += [
        f"/contacts/{contact.pk}/",
        f"/contacts/{contact.pk}/values/{field.id}/",
        f"/contacts/{contact.pk}/details/location/",
        f"/contacts/{contact.pk}/erasure/",
        f"/companies/{company.pk}/",
        f"/companies/{company.pk}/fields/phone/",
        f"/deals/{deal.pk}/",
        "/deals/?status=won",
        "/files/",
        "/search/?q=lia",
        f"/forms/{form.pk}/",
        f"/settings/rules/{rule.pk}/",
        f"/settings/pipelines/{pipeline.pk}/",
        f"/settings/contacts/fields/{field.pk}/",
        "/styleguide/",
        "/nowhere/",
    ]
    public = ["/api/v1/docs", "/accounts/login/", "/accounts/password/reset/", f"/f/{form.source.public_id}"]
    jar = browser.cookies.items()
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
