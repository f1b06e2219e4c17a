"""What only a browser can tell about contacts: drafts under live refresh, the side panel, editing in place."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect, sync_playwright

from afluente.contacts import services as fields
from afluente.contacts.statements import search
from afluente.kernel.workspace import scope
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM
from tests import cast, make
from tests.browser.chromium import launch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.serving import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def stage(served: Server) -> dict[str, Any]:
    """Ana, Bruno, a contact with a deal, and some more people."""
    workspace = make.workspace()
    with scope(workspace.pk):
        ana, bruno = make.member(name="Ana Souza", role="owner"), make.member(name="Bruno Lima")
        make.pipeline()
        contact = make.contact(name="Lia Prado", emails=("lia@example.com",), phones=("(11) 98412-3307",))
        make.deal(name="Kitchen in oak", contacts=(contact,), amount=9000, source="form")
        people = [make.contact(name=f"Rita {number}") for number in range(3)]
        search.index_contacts([contact.pk, *(one.pk for one in people)])
        timeline.add_comment(text="Primeira conversa", by=ana, contact_id=contact.pk)
    return {
        "workspace": workspace,
        "ana": ana,
        "bruno": bruno,
        "contact": contact,
        "session": cast.browser(ana),
    }


@contextmanager
def opened(served: Server, stage: dict[str, Any], path: str, **options: Any) -> Iterator[Page]:
    cookies = [{"name": n, "value": c.value, "url": served.url} for n, c in stage["session"].cookies.items()]
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(**options)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{served.url}{path}")
        yield page
        browser.close()
    assert [error for error in errors if "status of 422" not in error] == []


def bruno_says(stage: dict[str, Any], text: str) -> None:
    """In a thread of its own: Playwright holds this one's event loop."""

    def say() -> None:
        with scope(stage["workspace"].pk):
            timeline.add_comment(text=text, by=stage["bruno"], contact_id=stage["contact"].pk)
        connection.close()

    thread = threading.Thread(target=say)
    thread.start()
    thread.join()


def test_what_is_being_written_survives_what_others_do(served: Server, stage: dict[str, Any]):
    with opened(served, stage, f"/contacts/{stage['contact'].pk}/") as page:
        box = page.get_by_label("Comment", exact=True)
        box.fill("Ligo amanhã")
        page.locator("li", has_text="Primeira conversa").get_by_label("Change comment").click()
        editor = page.locator("[data-held] textarea")
        editor.fill("Primeira conversa, por telefone")
        box.focus()

        bruno_says(stage, "Ela prefere à tarde")

        expect(page.locator(".tl")).to_contain_text("Ela prefere à tarde", timeout=5000)
        expect(box).to_have_value("Ligo amanhã")
        expect(editor).to_have_value("Primeira conversa, por telefone")
        page.reload()
        expect(box).to_have_value("Ligo amanhã")
        box.press("Control+Enter")
        expect(page.locator(".tl")).to_contain_text("Ligo amanhã")
        expect(page.get_by_label("Comment", exact=True)).to_have_value("")
        page.reload()
        expect(page.get_by_label("Comment", exact=True)).to_have_value("")


def test_a_comment_is_changed_deleted_and_brought_back(served: Server, stage: dict[str, Any]):
    with opened(served, stage, f"/contacts/{stage['contact'].pk}/") as page:
        line = page.locator("li", has_text="Primeira conversa")
        line.get_by_label("Change comment").click()
        page.locator("[data-held] textarea").fill("Primeira conversa, longa")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".tl")).to_contain_text("edited", timeout=5000)

        page.locator("li", has_text="longa").get_by_label("Delete comment").click()
        expect(page.locator(".tl")).not_to_contain_text("Primeira conversa")
        page.get_by_role("button", name="Undo").click()

        expect(page.locator(".tl")).to_contain_text("Primeira conversa, longa", timeout=5000)


def test_panels_give_the_focus_back(served: Server, stage: dict[str, Any]):
    with opened(served, stage, "/contacts/", viewport={"width": 1440, "height": 900}) as page:
        page.get_by_label("Find a contact").fill("lia")
        expect(page.locator("tbody tr")).to_have_count(1)
        page.get_by_role("link", name="Lia Prado").click()
        panel = page.get_by_role("complementary", name="Contact")
        expect(panel).to_contain_text("lia@example.com")
        expect(page).to_have_url(f"{served.url}/contacts/?q=lia")

        page.keyboard.press("Escape")

        expect(panel).to_have_count(0)
        assert page.evaluate("document.activeElement.textContent.trim()") == "Lia Prado"

        page.goto(f"{served.url}/contacts/")
        page.keyboard.press("f")
        page.locator("#filter-form button.also").first.click()
        expect(page.locator("#filter-form .group").first.locator(".cond")).to_have_count(2)
        expect(page.locator("#filter-form button.also").first).to_be_focused()
        second = page.locator("#filter-form .group").nth(1)
        second.locator("summary").click()  # nothing moves from under the pointer
        expect(second.locator("details")).to_have_attribute("open", "")


def test_a_contact_is_changed_in_place(served: Server, stage: dict[str, Any]):
    with opened(served, stage, f"/contacts/{stage['contact'].pk}/") as page:
        page.get_by_role("link", name="Lia Prado").click()
        page.get_by_label("Last name").fill("Prado Lima")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Lia Prado Lima")

        page.locator("#add-email").click()
        page.locator(".reach input[name=typed]").fill("lia@")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#about")).to_contain_text("Check this address, something is missing.")
        page.locator(".reach input[name=typed]").fill("lia@mare.example")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="lia@mare.example", exact=True).click()
        page.get_by_role("button", name="Remove").click()
        expect(page.locator("af-toast")).to_contain_text("lia@mare.example removed")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("link", name="lia@mare.example", exact=True)).to_be_visible(timeout=5000)

        page.locator("#detail-location a").click()
        page.locator("#typed-location").fill("Recife")
        page.get_by_placeholder("Write a comment").click()
        expect(page.locator("#detail-location")).to_have_text("Recife", timeout=5000)
        expect(page.get_by_placeholder("Write a comment")).to_be_focused()
        page.locator("#detail-location a").click()
        expect(page.locator("#typed-location")).to_be_focused()
        page.get_by_placeholder("Write a comment").click()
        with page.expect_response(
            lambda answer: answer.request.headers.get("hx-target", "").endswith("#about")
        ):
            bruno_says(stage, "Ela se mudou")
        page.wait_for_timeout(100)  # what has the focus after the answer is drawn
        expect(page.get_by_placeholder("Write a comment")).to_be_focused()
        page.locator("#typed-location").fill("Olinda")
        page.locator("#detail-location").get_by_text("Cancel").click()
        expect(page.locator("#detail-location")).to_have_text("Recife")

        page.get_by_label("Responsible").select_option(label="Bruno Lima")
        expect(page.locator(".tl")).to_contain_text("Bruno Lima", timeout=5000)


def test_a_dialog_adds_a_contact_and_one_opens_without_scripts_too(served: Server, stage: dict[str, Any]):
    with opened(served, stage, "/contacts/", viewport={"width": 1440, "height": 900}) as page:
        page.keyboard.press("n")
        dialog = page.get_by_role("dialog", name="New contact")
        dialog.get_by_label("First name").fill("Mia")
        dialog.get_by_label("E-mail", exact=True).fill("lia@example.com")
        dialog.get_by_role("button", name="Add contact").click()
        expect(dialog).to_contain_text("Another contact can be reached there already: Lia Prado.")
        dialog.get_by_role("button", name="Add all the same").dblclick()  # and still one Mia

        expect(page.get_by_role("heading", level=1)).to_have_text("Mia")
        expect(page.locator("#about")).to_contain_text("Possible duplicate of")
        page.goto(f"{served.url}/contacts/")
        expect(page.locator("tbody").get_by_role("link", name="Mia")).to_have_count(1)

    with opened(served, stage, "/settings/contacts/fields/", java_script_enabled=False) as page:
        page.click("a[href='#new-field']")
        page.fill("#new-field [name=name]", "Segment")
        page.click("#new-field .pri")
        expect(page.locator("#new-field")).to_be_hidden()
        expect(page.locator(".field-rows")).to_contain_text("Segment")


@pytest.mark.parametrize("width", [390, 1440])
def test_a_word_of_255_letters_makes_nothing_wider(served: Server, stage: dict[str, Any], width: int):
    long = "W" * 255
    with scope(stage["workspace"].pk):
        field = fields.create_field(name="F" * 60, kind="text", by=SYSTEM)
        lia = make.contact(name=f"{long[:150]} {long[:150]}", phones=("x" * 50,))
        fields.fill_values(given={lia.pk: {field.pk: long}}, by=SYSTEM)
        (tag,) = fields.ensure_tags(names=["T" * 64], by=SYSTEM)
    size = {"width": width, "height": 844}
    paths = [f"/contacts/{lia.pk}/", f"/contacts/{lia.pk}/deletion/", "/contacts/columns/", "/contacts/new/"]

    with opened(served, stage, "/contacts/", viewport=size) as page:
        for path in [*paths, f"/settings/contacts/tags/{tag.pk}/", "/exports/new/?all=1"]:
            page.goto(f"{served.url}{path}")
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
            assert page.evaluate(BEYOND) == [], path

        # A radio button behind its colour once moved the page as it lost the focus: the press was lost.
        page.goto(f"{served.url}/settings/contacts/tags/{tag.pk}/")
        page.locator(".hues label").nth(7).click()
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/settings/contacts/tags/", timeout=5000)


# What with its text ends beyond the window, or beyond the box that scrolls with it.
BEYOND = """() => [...document.querySelectorAll("main :is(p, h1, h2, label, input, textarea, dd, dt, button)")]
    .filter((one) => one.checkVisibility() && !one.closest(".tabs, .vh")
        && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120))"""
