"""A page that arrives: what changes while it is on its way is shown all the same."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from playwright.sync_api import expect

from afluente.deals import services as deals
from afluente.deals.models import Stage
from afluente.kernel.workspace import scope
from afluente.timeline.events import SYSTEM
from tests.browser.rules import designer, house, open_deal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["house"]
pytestmark = pytest.mark.browser
TOLD = 1.5  # seconds in which a stream that is open tells of a change, with room


def beside(do: Callable[[], Any]) -> None:
    """Do it in the database, beside the browser's event loop."""

    def run() -> None:
        do()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_a_change_before_the_last_script_ran_is_heard_by_it(served, house):
    with scope(house["workspace"]):
        to = Stage.objects.get(pipeline=house["first"], name="In progress")
    deal = open_deal(house)

    def move() -> None:
        with scope(house["workspace"]):
            deals.move_deals(deal_ids=[deal.pk], to=to, by=SYSTEM)

    def hold_up(route: Any) -> None:
        beside(move)
        time.sleep(TOLD)
        route.continue_()

    with designer(served, house) as page:
        page.route("**/af-deal*.js*", hold_up)
        page.goto(f"{served.url}/deals/{deal.pk}/")
        expect(page.locator("#rail button[disabled]")).to_have_text("In progress")
