"""The seed's example, built in the browser, run day by day, and read on the record: why each rule did or did not run."""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from playwright.sync_api import expect

from afluente.accounts.models import Membership
from afluente.automation.models import Trigger
from afluente.capture import services as capture
from afluente.deals.models import Deal
from afluente.intake.models import Source
from afluente.kernel.workspace import scope
from afluente.tasks.models import Task
from tests import make
from tests.automation.arranging import later, lines, work
from tests.browser.rules import PATIENCE, build_example, column, designer, house, open_deal
from tests.delivery.posting import letters, post_office, send, sender

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.serving import Server

__all__ = ["house"]
pytestmark = pytest.mark.browser
TOLD = 1_500  # milliseconds in which a stream that is open tells of a change, with room


def read(page: Page, served: Server, deal: Deal, *, said: dict[str, tuple[str, ...]]) -> None:
    """Each rule of the tab Automation says these things when it is opened."""
    page.goto(f"{served.url}/deals/{deal.pk}/?tab=automation")
    for rule, words in said.items():
        row = page.locator("ol.runs > li", has_text=rule)
        row.locator("summary").click()
        for one in words:
            expect(row).to_contain_text(one)


def test_the_seeds_example_runs_and_the_record_says_why(served, house, settings, tmp_path: Path):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)
    with designer(served, house) as page:
        build_example(page)
        expect(page.locator(".pub-bar")).to_contain_text("3 new, 0 edited, 0 removed")
        page.locator(".pub-bar").get_by_role("button", name="Publish").click()
        expect(page.locator(".pub-bar")).to_have_count(0)
        expect(column(page, 0).locator(".rule").nth(1)).to_contain_text("After 1 day")

    served.kill("worker")  # the days pass here, not by its clock
    try:
        deal = _two_days(served, house, tmp_path)
        _to_the_end(served, house, deal)
    finally:
        served.start("worker")
    _a_form_ends_it(served, house, deal)


def _two_days(served: Server, house: dict[str, Any], folder: Path) -> Deal:
    """The mail goes at once, the call waits for its day."""
    deal = open_deal(house)
    with post_office(folder) as port:
        with scope(house["workspace"]):
            sender(Membership.objects.get(), port)
            work()
        send(house["workspace"])
    (letter,) = letters(folder)
    assert "Subject: Thank you for writing" in letter
    with designer(served, house) as page:
        page.goto(f"{served.url}/deals/{deal.pk}/automation/dry-run/?days=7")
        ahead = page.locator("#outlook")
        expect(ahead).to_contain_text("Call about the offer")
        expect(ahead).to_contain_text("There was nobody to do it for")
        said = {
            "Send an e-mail: Thank you for writing": ("Done. It was due", "It was done"),
            "Call about the offer": ("Waits. Its time has not come",),
            "Payment is due tomorrow": ("Waits. Its time has not come",),
        }
        read(page, served, deal, said=said)

    with scope(house["workspace"]):
        assert not Task.objects.exists()
        work(later(dt.timedelta(days=1, minutes=1)))
        assert Task.objects.get().title == "Call about the offer"
    return deal


def _to_the_end(served: Server, house: dict[str, Any], deal: Deal) -> None:
    """A day before the payment date somebody would be reminded, but nobody is responsible."""
    with scope(house["workspace"]):
        work(later(dt.timedelta(days=4, minutes=1)))
        assert len(lines(deal)) == 3
    with designer(served, house) as page:
        said = {
            "Call about the offer": ("Done.",),
            "Payment is due tomorrow": ("here was nobody to do it for",),
        }
        read(page, served, deal, said=said)


def _a_form_ends_it(served: Server, house: dict[str, Any], deal: Deal) -> None:
    """Lia fills in a form: the deal goes to the last stage by itself."""
    with scope(house["workspace"]):
        form = capture.create_form(name="Contact us", language="en")
        silent = make.rule(is_on=False)  # the form opens no deal of its own
        Source.objects.filter(pk=form.source_id).update(rule=silent)
        last = Trigger.objects.get().stage.name
    with designer(served, house) as page:
        visitor = page.context.browser.new_page()
        visitor.goto(f"{served.url}/f/{form.source.public_id}")
        visitor.fill("[name=name]", "Lia Prado")
        visitor.fill("[name=email]", "lia@example.com")

        def hold_up(route: Any) -> None:
            """The form arrives while the record's scripts are on their way: what changes then is shown, too."""
            visitor.click("button")
            visitor.wait_for_url("**/thanks")
            beside(house, lambda: Deal.objects.exclude(stage=house["stages"][0]).exists())
            visitor.wait_for_timeout(TOLD)
            route.continue_()

        page.route("**/af-deal*.js*", hold_up)
        page.goto(f"{served.url}/deals/{deal.pk}/?tab=automation")
        record = page.get_by_role("region", name="Automation")
        expect(record).to_contain_text(f"Form submitted {last}")
        expect(record).to_contain_text("Moved here")
        expect(page.locator("#rail")).to_contain_text(last)


def beside(house: dict[str, Any], is_so: Callable[[], bool]) -> None:
    """Ask the database beside the browser's event loop until it is so."""

    def ask() -> None:
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end:
            with scope(house["workspace"]):
                if is_so():
                    break
            time.sleep(0.05)
        connections.close_all()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
