"""The designer in a browser: the seed's example from an empty stage to its dry run, and rules that are dragged."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.rules import begin_rule, build_example, column, designer, done, house, open_deal

__all__ = ["house"]
pytestmark = pytest.mark.browser


def test_the_seeds_example_is_built_published_and_tried_with_a_virtual_clock(served, house):
    with designer(served, house) as page:
        build_example(page)
        expect(page.locator(".pub-bar")).to_contain_text("3 new, 0 edited, 0 removed")
        page.locator(".pub-bar").get_by_role("button", name="Publish").click()
        expect(page.locator(".pub-bar")).to_have_count(0)
        expect(column(page, 0).locator(".rule").nth(1)).to_contain_text("After 1 day")

    deal = open_deal(house)
    with designer(served, house) as page:
        page.goto(f"{served.url}/deals/{deal.pk}/automation/dry-run/?days=7")
        ahead = page.locator("#outlook")
        expect(ahead).to_contain_text("Thank you for writing")
        expect(ahead).to_contain_text("2 steps done, 1 skipped, 1 message, 1 task or call")
        expect(ahead).to_contain_text("There was nobody to do it for")


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
