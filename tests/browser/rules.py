"""The designer of rules in a browser, for tests that build with it."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from afluente.deals import services as deals
from afluente.deals.models import Deal
from afluente.kernel import clock
from afluente.kernel.workspace import scope
from afluente.timeline.events import SYSTEM
from tests import cast, make
from tests.browser.chromium import launch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.serving import Server

PATIENCE = 30_000  # milliseconds that something seen may take on a busy machine


@pytest.fixture
def house(served: Server) -> dict[str, Any]:
    """Ana before two pipelines without rules."""
    workspace = make.workspace()
    with scope(workspace.pk):
        ana = make.member(name="Ana Souza", role="owner")
        first, second = make.pipeline(name="Sales"), make.pipeline(name="Courses")
        lia = make.contact(name="Lia Prado", emails=("lia@example.com",))
        stages = [make.stage_of(first).pk, make.stage_of(second, "In progress").pk]
    return {
        "workspace": workspace.pk,
        "browser": cast.browser(ana),
        "first": first.pk,
        "second": second.pk,
        "lia": lia.pk,
        "stages": stages,
    }


@contextmanager
def designer(served: Server, house: dict[str, Any]) -> Iterator[Page]:
    """The designer of the first pipeline as Ana has it open; nothing may go wrong in its console."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        jar = house["browser"].cookies.items()
        context.add_cookies([{"name": n, "value": c.value, "url": served.url} for n, c in jar])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{served.url}/deals/pipelines/{house['first']}/automation/")
        yield page
        browser.close()
    assert errors == []


def column(page: Page, number: int) -> Any:
    return page.locator(".col").nth(number)


def begin_rule(page: Page, number: int, action: str) -> Any:
    """The editor of a new rule, once it asks for what the action is told."""
    column(page, number).locator("a.add:not(.trig)").click()
    side = page.locator("#side")
    side.locator("[name=action]").select_option(action)
    first = {"email": "p-subject", "call": "p-minutes", "notify": "p-text"}[action]
    expect(side.locator(f"[name={first}]")).to_be_visible()
    return side


def done(page: Page, side: Any, number: int, count: int) -> None:
    """Keep what the editor says: it closes, and the stage has so many cards."""
    side.get_by_role("button", name="Done").click()
    expect(page.locator("#side")).to_have_count(0)
    expect(column(page, number).locator(".rule")).to_have_count(count)


def build_example(page: Page) -> None:
    """A mail now, a call in a day, a reminder a day before the payment date; a form moves to the last stage."""
    side = begin_rule(page, 0, "email")
    side.locator("[name=p-subject]").fill("Thank you for writing")
    body = side.locator("[name=p-body]")
    body.fill("We call you tomorrow.")
    body.select_text()
    side.get_by_role("button", name="Bold").click()
    expect(body).to_have_value("**We call you tomorrow.**")
    body.press("ControlOrMeta+b")
    expect(body).to_have_value("We call you tomorrow.")
    done(page, side, 0, 1)

    side = begin_rule(page, 0, "call")
    side.locator("[name=p-title]").fill("Call about the offer")
    side.locator("[name=mode][value=after]").check()
    side.locator("[name=amount]").fill("1")
    side.locator("[name=unit]").select_option("days")
    done(page, side, 0, 2)

    side = begin_rule(page, 0, "notify")
    side.locator("[name=p-to][value=responsible]").check()
    side.locator("[name=p-text]").fill("Payment is due tomorrow")
    side.locator("[name=mode][value=date]").check()
    side.locator("[name=amount]").fill("1")
    side.locator("[name=unit]").select_option("days")
    side.locator("[name=side]").select_option("before")
    side.locator("[name=date]").select_option("due")
    done(page, side, 0, 3)

    last = page.locator(".col").last
    last.locator("a.trig.add").click()
    side = page.locator("#side")
    side.locator("[name=kind]").select_option("form_submitted")
    expect(side.locator("[name=kind]")).to_have_value("form_submitted")
    side.get_by_role("button", name="Add the trigger").click()
    expect(page.locator(".col").last.locator("li.trig")).to_have_count(1)


def open_deal(house: dict[str, Any]) -> Deal:
    """A deal of Lia's that pays in five days, opened in the first stage."""
    with scope(house["workspace"]):
        new = deals.NewDeal(
            name="Website",
            pipeline_id=house["first"],
            stage_id=house["stages"][0],
            currency="BRL",
            contact_ids=(house["lia"],),
            due_at=clock.now() + dt.timedelta(days=5),
        )
        return Deal.objects.get(pk=deals.open_deals(deals=[new], by=SYSTEM)[0])
