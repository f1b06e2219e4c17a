"""The designer in a browser: rules that are dragged and copied."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.rules import begin_rule, column, designer, done, house

__all__ = ["house"]
pytestmark = pytest.mark.browser


def test_a_rule_is_dragged_to_another_stage_and_copied_to_another_pipeline(served, house):
    with designer(served, house) as page:
        for number, words in enumerate(("First", "Second"), 1):
            side = begin_rule(page, 0, "notify")
            side.locator("[name=p-to][value=responsible]").check()
            side.locator("[name=p-text]").fill(words)
            done(page, side, 0, number)
        column(page, 0).locator(".rule", has_text="First").drag_to(column(page, 1).locator(".lane"))
        expect(column(page, 1).locator(".rule")).to_contain_text("First")
        expect(column(page, 0).locator(".rule")).to_have_count(1)

        column(page, 0).locator(".rule", has_text="Second").drag_to(column(page, 1).locator(".rule"))
        expect(column(page, 1).locator(".rule")).to_have_count(2)
        expect(column(page, 1).locator(".rule").first).to_contain_text("Second")

        column(page, 1).locator(".rule", has_text="First").locator("a.hit").click()
        page.locator("#rule-to").select_option(str(house["stages"][1]))
        page.locator("#side").get_by_role("button", name="Copy there").click()
        page.goto(f"{served.url}/deals/pipelines/{house['second']}/automation/")
        expect(column(page, 1).locator(".rule")).to_contain_text("First")
        page.goto(f"{served.url}/deals/pipelines/{house['first']}/automation/")
        expect(column(page, 1).locator(".rule")).to_have_count(2)
