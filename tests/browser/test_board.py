"""What only a browser can tell about a board: dragging, keys, and a colleague's changes under a draft."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect, sync_playwright

from afluente.kernel.workspace import scope
from tests import cast, make
from tests.browser.chromium import launch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.serving import Server

pytestmark = pytest.mark.browser
CALL = dt.datetime(2031, 3, 5, 13, 0, tzinfo=dt.UTC)


@pytest.fixture
def stage(served: Server) -> dict[str, Any]:
    """Ana and Bruno before one board of five deals."""
    workspace = make.workspace()
    with scope(workspace.pk):
        ana, bruno = make.member(name="Ana Souza", role="owner"), make.member(name="Bruno Lima")
        pipeline = make.pipeline(name="Sales")
        lia = make.contact(name="Lia Prado")
        for name in ("Site", "Loja", "Chatbot"):
            make.deal(name=name, stage=make.stage_of(pipeline, "New"), amount=1000, contacts=(lia,))
        for name in ("Portal", "Catálogo"):
            make.deal(name=name, stage=make.stage_of(pipeline, "In progress"), amount=500)
        moments = {"start_at": CALL, "due_at": CALL + dt.timedelta(minutes=30)}
        make.task(title="Ring Lia", kind="call", assignee=ana, **moments)
    return {"ana": cast.browser(ana), "bruno": cast.browser(bruno), "lia": f"/contacts/{lia.pk}/"}


@contextmanager
def boards(served: Server, stage: dict[str, Any], *who: str, **options: Any) -> Iterator[list[Page]]:
    """The board as each of these people has it open."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        pages = []
        for name in who:
            context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
            jar = stage[name].cookies.items()
            context.add_cookies([{"name": n, "value": c.value, "url": served.url} for n, c in jar])
            page = context.new_page()
            page.on(
                "console", lambda message: errors.append(message.text) if message.type == "error" else None
            )
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{served.url}/deals/")
            pages.append(page)
        yield pages
        browser.close()
    assert [error for error in errors if "status of 422" not in error] == []


def names(page: Page, column: int) -> list[str]:
    return page.locator(".col").nth(column).locator("h3").all_text_contents()


def wait_until(page: Page, happens: Callable[[], Any]) -> None:
    """Give the browser up to ten seconds for something that leaves no mark on the page."""
    for _ in range(200):
        if happens():
            return
        page.wait_for_timeout(50)
    raise AssertionError("It did not happen within ten seconds.")


def drag(page: Page, name: str, column: int, below: int = 40) -> None:
    """Take a card and hold it over a column, `below` pixels under the head of its list."""
    card = page.locator(".deal", has_text=name).bounding_box()
    target = page.locator(".col ol").nth(column).bounding_box()
    assert card
    assert target
    page.mouse.move(card["x"] + 60, card["y"] + 40)
    page.mouse.down()
    page.mouse.move(card["x"] + 70, card["y"] + 48, steps=3)
    page.mouse.move(target["x"] + 80, target["y"] + below, steps=6)


def test_a_dropped_card_stays_and_undo_brings_it_back(served, stage):
    with boards(served, stage, "ana") as (page,):
        late: list[tuple[Route, APIResponse]] = []
        page.route("**/deals/cards/**", lambda route: late.append((route, route.fetch())), times=1)
        drag(page, "Loja", column=1, below=8)
        expect(page.locator(".dock")).to_be_visible()
        expect(page.locator(".col").nth(1).locator("header small")).to_contain_text("+ R$")
        page.mouse.up()
        expect(page.locator("#toasts")).to_contain_text("Moved to In progress")
        expect(page.locator(".dock")).to_be_hidden()
        assert names(page, 1) == ["Loja", "Portal", "Catálogo"]

        wait_until(page, lambda: late)
        with page.expect_response(lambda answer: "undo=1" in answer.url):
            page.keyboard.press("z")  # while the pointer still rests on the card
        # What was asked before the undo is answered after it.
        late[0][0].fulfill(response=late[0][1])

        expect(page.locator(".col").nth(0).locator(".deal")).to_have_count(3)
        assert (names(page, 0), names(page, 1)) == (["Site", "Loja", "Chatbot"], ["Portal", "Catálogo"])
        task_goes_to_another_day(page, served)


def task_goes_to_another_day(page: Page, served: Server) -> None:
    """In the calendar of tasks: dragged, taken back, and sent on by Shift and arrows, the focus with it."""
    page.goto(f"{served.url}/tasks/calendar/?on=2031-03-01")

    def on(number: int) -> Locator:
        return page.locator(f'td[data-date="2031-03-{number:02}"]').locator(".cal-task")

    before = on(5).inner_text()
    on(5).drag_to(page.locator('td[data-date="2031-03-20"]'))
    expect(on(20)).to_be_visible()
    assert on(20).inner_text() == before
    expect(on(5)).to_have_count(0)
    expect(page.locator("td.over")).to_have_count(0)
    page.keyboard.press("z")
    expect(on(5)).to_be_visible()
    on(5).focus()
    for key, number in (("ArrowRight", 6), ("ArrowDown", 13), ("ArrowLeft", 12), ("ArrowUp", 5)):
        page.keyboard.press(f"Shift+{key}")
        expect(on(number)).to_be_focused()


def test_a_card_dropped_on_lost_asks_for_the_reason_and_leaves(served, stage):
    with boards(served, stage, "ana") as (page,):
        card = page.locator(".deal", has_text="Portal")
        drag(page, "Portal", column=2)
        dock = page.locator("[data-drop=lost]").first.bounding_box()
        page.mouse.move(dock["x"] + 40, dock["y"] + 20, steps=4)
        page.mouse.up()
        page.get_by_label("Reason").fill("Too expensive")
        page.get_by_role("button", name="Mark as lost").click()

        expect(card).to_have_count(0)
        page.goto(f"{served.url}/deals/?status=lost")
        expect(page.locator("tbody")).to_contain_text("Too expensive")


def test_the_keyboard_lifts_moves_drops_and_returns(served, stage):
    with boards(served, stage, "ana") as (page,):
        said = page.locator("[data-part=say]")
        page.locator(".deal a", has_text="Site").focus()
        page.keyboard.press("Space")
        expect(said).to_have_text("Site, lifted. New, 1 of 3")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        expect(said).to_have_text("In progress, 2 of 3")
        page.keyboard.press("Escape")
        assert names(page, 0) == ["Site", "Loja", "Chatbot"]

        page.keyboard.press("m")
        page.keyboard.press("2")

        expect(page.locator("#toasts")).to_contain_text("Moved to In progress")
        assert names(page, 1) == ["Site", "Portal", "Catálogo"]
        assert page.evaluate("document.activeElement.textContent") == "Site"


def test_a_colleagues_changes_appear_and_an_open_draft_is_kept(served, stage):
    with boards(served, stage, "ana", "bruno") as (ana, bruno):
        bruno.locator(".col").nth(0).get_by_role("link", name="Add deal to New").click()
        bruno.get_by_label("Deal", exact=True).fill("Half a dra")

        ana.locator(".deal a", has_text="Chatbot").focus()
        ana.keyboard.press("m")
        ana.keyboard.press("3")
        ana.keyboard.press("n")
        ana.get_by_label("Deal", exact=True).fill("Arrived")
        ana.keyboard.press("Enter")

        expect(bruno.locator(".col").nth(2).locator("h3")).to_have_text(["Chatbot"])
        expect(bruno.locator(".col").nth(0).locator("h3")).to_have_text(["Arrived", "Site", "Loja"])
        expect(bruno.locator(".deal.new")).to_contain_text("Arrived")
        expect(
            bruno.locator("#count-" + bruno.locator(".col").nth(0).get_attribute("data-stage"))
        ).to_have_text("3")

        ana.locator(".deal a", has_text="Site").focus()
        for key in ("Space", "ArrowDown", "Enter"):
            ana.keyboard.press(key)
        expect(bruno.locator(".col").nth(0).locator("h3")).to_have_text(["Arrived", "Loja", "Site"])

        asked: list[str] = []
        bruno.on("request", lambda request: "/deals/cards/" in request.url and asked.append(request.url))
        ana.goto(served.url + stage["lia"])
        ana.get_by_role("link", name="Lia Prado").click()
        ana.get_by_label("Last name").fill("Prado Lima")
        ana.keyboard.press("Enter")

        expect(bruno.locator(".deal", has_text="Lia Prado Lima")).to_have_count(3)
        assert len(asked) == 1  # for all three cards
        assert bruno.get_by_label("Deal", exact=True).input_value() == "Half a dra"
        assert bruno.evaluate("document.activeElement.name") == "name"


def test_nothing_moves_under_the_pointer_until_it_leaves(served, stage):
    with boards(served, stage, "ana", "bruno") as (ana, bruno):
        bruno.locator(".deal", has_text="Portal").hover()
        ana.locator(".deal a", has_text="Site").focus()
        ana.keyboard.press("m")
        ana.keyboard.press("2")

        column = bruno.locator(".col").nth(1)
        expect(column.locator(".arrived")).to_have_text("1 new")
        assert names(bruno, 1) == ["Portal", "Catálogo"]
        bruno.mouse.move(700, 20)

        expect(column.locator("h3")).to_have_text(["Site", "Portal", "Catálogo"])
        expect(column.locator(".arrived")).to_be_hidden()


def test_a_card_opens_beside_the_board_and_changes_there(served, stage):
    with boards(served, stage, "ana") as (page,):
        page.locator(".deal a", has_text="Site").click()
        page.get_by_label("Amount").fill("2.500")
        page.keyboard.press("Tab")

        expect(page.locator(".deal", has_text="Site")).to_contain_text("R$ 2.500")
        page.locator("#peek [data-shut]").click()
        expect(page.locator("#peek")).to_be_empty()
        assert page.evaluate("document.activeElement.textContent") == "Site"


def test_a_finger_scrolls_and_a_held_finger_drags(served, stage):
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with boards(served, stage, "ana", **options) as (page,):
        card = page.locator(".deal", has_text="Loja").bounding_box()
        client = page.context.new_cdp_session(page)
        x, y = card["x"] + 60, card["y"] + 30

        def touch(kind: str, *points: tuple[float, float]) -> None:
            client.send(
                "Input.dispatchTouchEvent",
                {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]},
            )

        touch("touchStart", (x, y))
        page.wait_for_timeout(400)
        expect(page.locator(".deal.drag")).to_be_visible()
        for step in range(1, 6):
            touch("touchMove", (x, y - 20 * step))
        touch("touchEnd")

        expect(page.locator(".deal.drag")).to_have_count(0)
        page.wait_for_timeout(300)
        assert names(page, 0) == ["Loja", "Site", "Chatbot"]
