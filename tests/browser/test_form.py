"""A hosted form in real browsers: without script, framed by another origin, and its editor at work."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from playwright.sync_api import Page, expect, sync_playwright

from afluente.capture import services
from afluente.contacts.models import Contact
from afluente.intake.models import RawEvent
from afluente.kernel.workspace import scope
from tests import cast, make
from tests.browser.chromium import launch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from afluente.capture.models import Form
    from tests.serving import Server

pytestmark = pytest.mark.browser

PATIENCE = 10  # seconds until a worker has made a contact


@pytest.fixture
def form(served: Server) -> Form:
    """A published form in a workspace of its own, in English."""
    workspace = make.workspace()
    with scope(workspace.pk):
        make.pipeline()
        make.member(name="Ana Souza", role="owner")
        return services.create_form(name="Site", language="en")


@pytest.fixture
def session(form: Form) -> Client:
    """The session of the owner."""
    with scope(form.workspace_id):
        from afluente.accounts.models import Membership

        return cast.browser(Membership.objects.select_related("user").get())


@contextmanager
def browsing(*, session: Client | None = None, url: str = "", **options: Any) -> Iterator[Page]:
    """A page in a new browser; what its console calls an error fails the test."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(**options)
        for name, cookie in session.cookies.items() if session else ():
            context.add_cookies([{"name": name, "value": cookie.value, "url": url}])
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        browser.close()
    assert [error for error in errors if "status of 422" not in error] == []


def in_database(form: Form, question: Callable[[], Any]) -> Any:
    """Ask beside the browser's event loop, until there is an answer."""
    found: list[Any] = []

    def ask() -> None:
        deadline = time.monotonic() + PATIENCE
        while not found and time.monotonic() < deadline:
            with scope(form.workspace_id):
                found.extend(one for one in [question()] if one)
            time.sleep(0.05)
        connections.close_all()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return found[0] if found else None


def fill_in(page: Any, *, name: str = "Helena Prado", address: str = "helena@example.com") -> None:
    page.fill("[name=name]", name)
    page.fill("[name=email]", address)


def test_it_works_without_script_from_the_first_fault_to_the_thanks(served: Server, form: Form) -> None:
    with browsing(java_script_enabled=False, viewport={"width": 390, "height": 844}) as page:
        page.goto(
            f"{served.url}/f/{form.source.public_id}?utm_source=instagram", referer="https://maps.example/"
        )
        fill_in(page, address="helena@vidaplena")
        page.click("button")
        assert "The end of the address is missing" in page.inner_text(".err")
        assert page.input_value("[name=name]") == "Helena Prado"

        page.fill("[name=email]", "helena@vidaplena.org")
        page.click("button")
        assert page.url.endswith("/thanks")
        assert page.inner_text("h1") == "Thank you"
        assert page.context.cookies() == []

    contact = in_database(form, lambda: Contact.objects.filter(emails__key="helena@vidaplena.org").first())
    assert contact.utm_first["utm_source"] == "instagram"
    assert contact.utm_first["referrer"] == "https://maps.example/"


@pytest.fixture
def elsewhere(served: Server, form: Form) -> Iterator[str]:
    """Somebody else's site, on another origin and with a strict policy of its own, that holds the form."""
    html = f"""<!doctype html><html lang="en"><title>Elsewhere</title><h1>Ours</h1>
      <script src="{served.url}/f/{form.source.public_id}.js" data-title="Write to us" async></script>"""
    policy = f"default-src 'none'; script-src {served.url}; frame-src {served.url}; style-src 'none'"
    handler = partial(_Site, html.encode(), policy)
    site = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://localhost:{site.server_port}"
    site.shutdown()
    site.server_close()


class _Site(BaseHTTPRequestHandler):
    def __init__(self, body: bytes, policy: str, *args: Any) -> None:
        self.body, self.policy = body, policy
        super().__init__(*args)

    def do_GET(self) -> None:
        self.send_response(200 if "favicon" not in self.path else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        if "favicon" not in self.path:
            self.wfile.write(self.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the library's
        """Say nothing."""


def test_another_site_holds_it_under_a_strict_policy(served: Server, form: Form, elsewhere: str) -> None:
    with browsing() as page:
        page.goto(f"{elsewhere}/offer?utm_source=google&utm_campaign=spring&secret=1")
        frame = page.frame_locator("iframe")
        fill_in(_Framed(frame))
        tall = page.locator("iframe").evaluate("frame => frame.clientHeight")
        inner = frame.locator("html").evaluate("root => root.offsetHeight")
        assert abs(tall - inner) <= 2
        frame.locator("button").click()
        expect(frame.locator("h1")).to_have_text("Thank you")
        assert page.url.startswith(elsewhere)

    contact = in_database(form, Contact.objects.first)
    assert contact.utm_first["utm_campaign"] == "spring"
    assert contact.utm_first["page"].startswith(f"{elsewhere}/offer")


class _Framed:
    """`fill` on a frame, as on a page."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    def fill(self, selector: str, value: str) -> None:
        self.frame.locator(selector).fill(value)


def test_thanks_lead_the_whole_page_on_and_a_double_click_is_one_answer(
    served: Server, form: Form, elsewhere: str
) -> None:
    with scope(form.workspace_id):
        form.redirect_url = f"{elsewhere}/obrigado"
        form.save()
    with browsing() as page:
        page.goto(f"{elsewhere}/offer")
        frame = page.frame_locator("iframe")
        fill_in(_Framed(frame))
        frame.locator("button").click()
        page.wait_for_url("**/obrigado")
        page.goto(f"{served.url}/f/{form.source.public_id}")
        fill_in(page, address="bia@example.com")
        page.dblclick("button")
        page.wait_for_url(f"{elsewhere}/obrigado")

    assert in_database(form, lambda: RawEvent.objects.count() == 2)  # one from the frame, one from here


def test_questions_are_added_dragged_and_seen_at_once(served: Server, form: Form, session: Client) -> None:
    with browsing(session=session, url=served.url, viewport={"width": 1440, "height": 900}) as page:
        page.goto(f"{served.url}/forms/{form.pk}/")
        page.fill("[name=title]", "Ask <b>us</b>")
        expect(page.locator(".look h1")).to_have_text("Ask <b>us</b>")

        page.select_option("[name=new_kind]", "choices")
        page.get_by_role("button", name="Add question").click()
        expect(page.locator(".question")).to_have_count(5)
        assert page.input_value("[name=title]") == "Ask <b>us</b>"
        expect(page.locator(".look .picks input")).to_have_count(2)

        page.locator(".question summary").nth(4).click()
        page.locator(".grip").nth(0).drag_to(page.locator(".grip").nth(2))
        page.locator(".pub-bar button").last.click()
        page.wait_for_load_state()

    order = in_database(form, lambda: [field["name"] for field in type(form).objects.get().fields])
    assert order[0] == "email"
    assert len(order) == 5
