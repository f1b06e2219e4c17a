"""From an arriving lead to a won deal with quote, task and meeting, by keyboard alone."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from afluente.capture import services as capture
from afluente.kernel.workspace import scope
from afluente.sales import services as sales
from afluente.timeline.events import SYSTEM
from tests import cast, make
from tests.browser.chromium import launch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.serving import Server

pytestmark = pytest.mark.browser

PATIENCE = 15_000  # milliseconds for what a worker, or a page on a busy machine, takes
FURTHEST = 60  # presses of Tab to a control
WATCH_POINTER = """
for (const kind of ["pointerdown", "mousedown", "touchstart"])
  addEventListener(kind, (event) => event.isTrusted && console.error(`A pointer was used: ${kind}`), true);
"""
HAS_RING = """element => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  const inside = element.closest(".input, .composer, .switch");
  const around = inside ? getComputedStyle(inside) : null;
  const drawn = (style) => style && (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none");
  return element.matches(":focus-visible") && Boolean(drawn({ outlineStyle, outlineWidth, boxShadow }) || drawn(around));
}"""


class Person:
    """Somebody before a screen who has a keyboard and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def sees(self, text: str, *, within: str = "main") -> None:
        expect(self.page.locator(within).first).to_contain_text(text, timeout=PATIENCE)
        self.page.wait_for_load_state()  # keys work once the scripts of a new page have run

    def stands_in(self, control: Locator) -> None:
        """The focus is there, and can be seen."""
        expect(control).to_be_focused(timeout=PATIENCE)
        assert control.evaluate(HAS_RING), "The focus cannot be seen."

    def goes_to(self, control: Locator) -> None:
        """By Tab, however many it takes."""
        expect(control).to_be_visible(timeout=PATIENCE)
        for _ in range(FURTHEST):
            if control.evaluate("element => element === document.activeElement"):
                return self.stands_in(control)
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {control}.")


@pytest.fixture
def stage(served: Server) -> dict[str, Any]:
    """Ana, one pipeline, a form that is published, a catalogue of one product."""
    workspace = make.workspace()
    with scope(workspace.pk):
        ana = make.member(name="Ana Souza", role="owner")
        make.deal(name="An older deal", stage=make.stage_of(make.pipeline(name="Sales")))
        form = capture.create_form(name="Kitchens", language="en")
        sales.save_seller(values={"name": "Estúdio Maré"}, by=SYSTEM)
        sales.create_product(name="Oak kitchen", price=Decimal(9000), currency="BRL", by=SYSTEM)
    return {"session": cast.browser(ana), "form": f"{served.url}/f/{form.source.public_id}"}


@contextmanager
def at_home(served: Server, stage: dict[str, Any]) -> Iterator[Person]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
        jar = stage["session"].cookies.items()
        context.add_cookies([{"name": n, "value": c.value, "url": served.url} for n, c in jar])
        context.add_init_script(WATCH_POINTER)
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{served.url}/")
        yield Person(page)
        browser.close()
    assert errors == []


def somebody_fills_in(address: str, **answers: str) -> None:
    """As a visitor's browser does: the page, then its form with what was hidden in it."""
    with urllib.request.urlopen(address) as page:  # noqa: S310  our own server
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.read().decode()))
    body = urllib.parse.urlencode({**hidden, **answers}).encode()
    with urllib.request.urlopen(address, body) as answer:  # noqa: S310
        assert answer.url.endswith("/thanks")


def test_from_an_arriving_lead_to_a_won_deal_without_a_pointer(served: Server, stage: dict[str, Any]) -> None:
    with at_home(served, stage) as ana:
        ana.sees("Nothing waits for you")
        somebody_fills_in(stage["form"], name="Helena Prado", email="helena@example.com")
        ana.sees("Helena Prado", within=".lead")

        reads_the_lead(ana)
        answers_it(ana)
        offers_a_kitchen(ana)
        plans_the_work(ana)
        wins(ana)


def reads_the_lead(ana: Person) -> None:
    """Beside the queue first, then on its own page."""
    panel = ana.page.get_by_role("complementary", name="Helena Prado")
    ana.press("o")
    ana.sees("helena@example.com", within="#peek")
    ana.stands_in(panel.get_by_role("heading", level=2).first)
    ana.press("Escape")
    ana.stands_in(ana.page.locator(".lead a[data-peek]"))
    ana.press("Enter")
    ana.goes_to(panel.get_by_label("Open the page of this deal"))
    ana.press("Enter")
    ana.sees("Helena Prado", within="h1")


def answers_it(ana: Person) -> None:
    ana.press("c")
    box = ana.page.get_by_label("Comment", exact=True)
    ana.stands_in(box)
    ana.type("She wants it before Christmas")
    ana.press("Control+Enter")
    ana.sees("She wants it before Christmas", within=".tl")
    ana.stands_in(ana.page.get_by_label("Comment", exact=True))
    ana.press("Escape")


def offers_a_kitchen(ana: Person) -> None:
    """A product, two of it, a quote, which she accepts."""
    page = ana.page
    ana.press("2")
    ana.sees("No products on this deal")
    ana.press("a")
    ana.stands_in(page.get_by_role("combobox", name="Add a product"))
    ana.type("oak")
    expect(page.get_by_role("option", name="Oak kitchen")).to_have_attribute("aria-selected", "true")
    ana.press("Enter")
    ana.sees("9.000,00", within=".sums")
    ana.stands_in(page.get_by_role("combobox", name="Add a product"))
    ana.goes_to(page.get_by_label("Quantity"))
    ana.press("Control+a")
    ana.type("2")
    ana.press("Tab")
    ana.sees("18.000,00", within=".sums")
    ana.stands_in(page.get_by_label("Price"))
    ana.goes_to(page.get_by_role("switch"))
    with page.expect_response("**/following/"):
        ana.press("Space")  # the whole part is drawn anew, and she is still where she was
    expect(page.get_by_role("switch")).not_to_be_checked(timeout=PATIENCE)
    ana.stands_in(page.get_by_role("switch"))
    ana.press("Space")
    expect(page.get_by_role("switch")).to_be_checked(timeout=PATIENCE)
    ana.press("3")
    ana.sees("No quotes or invoices")
    ana.press("q")
    ana.sees("Draft")
    ana.press("i")
    ana.sees("Sent")
    ana.press("y")
    ana.sees("Accepted: Ana Souza")
    ana.press("b")
    ana.sees("Accepted", within=".feed")


def plans_the_work(ana: Person) -> None:
    """A task for today, a meeting for next year."""
    page = ana.page
    ana.press("4")
    ana.sees("No tasks yet")
    ana.press("a")
    ana.stands_in(page.get_by_role("textbox", name="Task", exact=True))
    ana.type("Order the oak")
    ana.press("Enter")
    ana.sees("Order the oak", within="#record-tasks")
    ana.stands_in(page.get_by_role("textbox", name="Task", exact=True))
    ana.press("Escape", "m")
    ana.sees("New task", within="h1")
    ana.stands_in(page.get_by_role("textbox", name="Task", exact=True))
    ana.type("Measure the kitchen")
    ana.goes_to(page.get_by_label("Deadline"))
    ana.type("03152031")
    ana.goes_to(page.get_by_label(re.compile("^Time")))
    ana.type("1030AM")
    ana.press("Enter")
    ana.sees("Task added", within="body")
    ana.sees("Measure the kitchen")


def wins(ana: Person) -> None:
    """She finds the deal by its name, from wherever she is."""
    ana.press("g", "h")
    ana.sees("Ana", within="h1")
    ana.press("Control+k")
    ana.type("Helena")
    ana.sees("helena@example.com", within="#palette-lines")
    ana.press("ArrowDown")
    expect(ana.page.locator("#palette-lines [aria-selected=true]")).to_contain_text("New, Helena Prado")
    ana.press("Enter")
    ana.sees("Helena Prado", within="h1")
    ana.press("w")
    expect(ana.page.locator("#rail .badge.ok")).to_have_text("Won", timeout=PATIENCE)
