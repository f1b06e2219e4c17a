"""The pages of webhooks to others: who sees them, the secret shown once, the log, replaying."""

from __future__ import annotations

import re

import pytest

from afluente.delivery.models import Call, Endpoint
from afluente.timeline.events import SYSTEM, NewEvent
from afluente.timeline.services import record
from tests.delivery.hooking import call, endpoint, receiver

pytestmark = pytest.mark.django_db
SAID = {
    "url": "https://example.com/hook",
    "description": "Accounting",
    "events": ["deal.moved", "contact.created"],
}


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


def test_a_webhook_is_made_and_its_secret_shown_once(dora, client_as):
    browser = client_as(dora)
    page = browser.post("/settings/endpoints/new/", SAID)
    assert page.status_code == 201
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", page.content.decode()))

    kept = Endpoint.objects.get()
    assert kept.events == ["contact.created", "deal.moved"]
    for path in (
        "/settings/endpoints/",
        f"/settings/endpoints/{kept.pk}/",
        f"/settings/endpoints/{kept.pk}/change/",
    ):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert secret not in answer.content.decode()
        assert "Accounting" in answer.content.decode()
    other = browser.post(f"/settings/endpoints/{kept.pk}/rotation/").content.decode()
    assert secret not in other
    assert "whsec_" in other


def test_what_cannot_be_kept_names_the_field_and_stays_typed(dora, client_as, settings):
    settings.OUTBOUND_ALLOW = ()
    browser = client_as(dora)
    page = browser.post("/settings/endpoints/new/", {**SAID, "url": "http://127.0.0.1/x", "headers": "A: b"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "not public" in text
    assert 'value="http://127.0.0.1/x"' in text
    assert 'value="deal.moved" checked' in text
    assert not Endpoint.objects.exists()
    assert browser.post("/settings/endpoints/new/", {**SAID, "headers": "no colon"}).status_code == 422
    assert browser.post("/settings/endpoints/new/", {**SAID, "events": ["nothing.ever"]}).status_code == 422


def test_only_who_sees_everything_may_have_it_told(bruno, ana, client_as):
    one, _ = endpoint(ana, "https://example.com/")
    browser = client_as(bruno)
    for path in ("/settings/endpoints/", "/settings/endpoints/new/", f"/settings/endpoints/{one.pk}/"):
        assert browser.get(path).status_code == 403
    for deed in ("rotation", "switch", "test", "replay", "removal", "change"):
        assert browser.post(f"/settings/endpoints/{one.pk}/{deed}/", {"since": "day"}).status_code == 403
    assert Endpoint.objects.get().is_on


def test_a_test_event_and_a_failure_are_read_on_screen_and_sent_again(dora, client_as, tmp_path):
    browser = client_as(dora)
    with receiver(tmp_path) as there:
        one, _ = endpoint(dora, there.url("/status/410"))
        page = browser.post(f"/settings/endpoints/{one.pk}/test/")
        where = page["Location"]
        assert "on its way" in browser.get(where).content.decode()
        call(one)
        said = browser.get(where).content.decode()
        assert "The other side said that it is gone" in said
        assert "410" in said
        log = browser.get(f"/settings/endpoints/{one.pk}/?state=failed").content.decode()
        assert "webhook.test" in log
        browser.post(f"/settings/endpoints/{one.pk}/change/", {**SAID, "url": there.url()})
        browser.post(f"/settings/endpoints/{one.pk}/switch/", {"is_on": "1"})
        assert browser.post(where + "replay/").status_code == 303
        assert call(one) == 1
        assert "The other side took it" in browser.get(where).content.decode()


def test_what_was_missed_is_sent_again_from_the_page(dora, client_as):
    one, _ = endpoint(dora, "http://127.0.0.1:1/")
    browser = client_as(dora)
    browser.post(f"/settings/endpoints/{one.pk}/switch/", {"is_on": "0"})
    record([NewEvent("contact.created", SYSTEM)])
    assert not Call.objects.exists()
    browser.post(f"/settings/endpoints/{one.pk}/switch/", {"is_on": "1"})
    assert browser.post(f"/settings/endpoints/{one.pk}/replay/", {"since": "ever"}).status_code == 422
    assert browser.post(f"/settings/endpoints/{one.pk}/replay/", {"since": "day"}).status_code == 303
    assert Call.objects.get().state == "queued"
    browser.post(f"/settings/endpoints/{one.pk}/removal/")
    assert not Endpoint.objects.exists()
    assert not Call.objects.exists()


def test_another_workspace_is_told_nothing_of_it(ana, stranger, client_as):
    one, _ = endpoint(ana, "https://example.com/")
    browser = client_as(stranger)
    assert browser.get(f"/settings/endpoints/{one.pk}/").status_code == 404
    assert browser.get("/settings/endpoints/").status_code == 200
