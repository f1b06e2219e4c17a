"""The page Incoming: everything that arrived, for those who may read it."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.accounts.models import Role
from afluente.contacts.models import Contact
from afluente.intake import services as intake
from afluente.intake.models import RawEvent, Source
from afluente.kernel import clock
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.models import Membership
    from tests.cast import Browser, Cast

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2) hx-get="/">'


@pytest.fixture
def browser(ana: Membership, client_as: Callable[[Membership], Browser]) -> Browser:
    return client_as(ana)


@pytest.fixture
def hook(people: Cast) -> Source:
    make.pipeline()
    return intake.create_source(kind=Source.Kind.WEBHOOK, name="Partner")


def arrived(hook: Source, body: Any, *, key: str | None = None, error: intake.Note | None = None) -> RawEvent:
    """Something came in and was worked off."""
    arrival = intake.Arrival(
        workspace_id=hook.workspace_id,
        public_id=hook.public_id,
        secret=intake.hook_url(hook).rpartition("/")[2],
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        key=key or str(uuid.uuid4()),
        context={"address": "203.0.113.9"},
        error=error,
    )
    receipt = intake.accept_many([arrival])[0]
    while intake.apply_waiting():
        pass
    return RawEvent.objects.get(public_id=receipt.public_id)


def ids(page: Any) -> list[int]:
    return [row.event.pk for row in page.context["page"].rows]


def test_it_says_what_came_and_what_became_of_it(browser: Browser, hook: Source) -> None:
    event = arrived(hook, {"name": "Tiago Brandão", "email": "tiago@@x"})

    html = browser.get("/incoming/").content.decode()

    assert "Tiago Brandão" in html
    assert f"/deals/{event.deal_id}/" in html
    assert "“tiago@@x” is no valid e-mail address" in html


def test_a_failure_says_why_and_who_it_was(browser: Browser, hook: Source) -> None:
    intake.set_mapping(source=hook, mapping=[{"path": "foo", "to": "deal.name"}])
    arrived(hook, {"foo": "bar"})
    arrived(hook, b"{not json")

    html = browser.get("/incoming/").content.decode()

    assert "There is no name, e-mail, phone or messenger in it" in html
    assert "The body cannot be read" in html


@pytest.mark.parametrize(
    ("state", "count"), [("", 3), ("done", 1), ("failed", 1), ("robot", 1), ("waiting", 0), ("odd", 3)]
)
def test_states_are_tabs(browser: Browser, hook: Source, state: str, count: int) -> None:
    arrived(hook, {"name": "Ana"})
    arrived(hook, {"foo": "bar"})
    arrived(hook, {"name": "Bot"}, error=intake.Note("spam"))

    assert len(ids(browser.get(f"/incoming/?state={state}"))) == count


@pytest.mark.parametrize("typed", ["Brandão", "tiago@x.example", "needle in it", "key-1"])
def test_a_name_an_address_a_key_or_a_text_finds_it(browser: Browser, hook: Source, typed: str) -> None:
    arrived(hook, {"name": "Somebody Else"})
    done = arrived(hook, {"name": "Tiago Brandão", "email": "tiago@x.example"}, key="key-1")
    failed = arrived(hook, {"foo": "a needle in it", "tail": "\x00"})
    arrived(hook, b"\xff\xfe broken")

    found = ids(browser.get("/incoming/", {"q": typed}))

    assert found == [failed.pk if typed == "needle in it" else done.pk]


def test_its_public_id_finds_it(browser: Browser, hook: Source) -> None:
    event = arrived(hook, {"name": "Ana"})
    arrived(hook, {"name": "Bia"})

    assert ids(browser.get("/incoming/", {"q": str(event.public_id)})) == [event.pk]


def test_source_and_days_narrow_it(browser: Browser, hook: Source) -> None:
    event = arrived(hook, {"name": "Ana"})
    today = clock.now().date()

    assert ids(browser.get("/incoming/", {"source": hook.pk, "since": today.replace(year=2000)})) == [
        event.pk
    ]
    assert ids(browser.get("/incoming/", {"source": hook.pk + 1})) == []
    assert ids(browser.get("/incoming/", {"until": "2000-01-01"})) == []
    assert ids(browser.get("/incoming/", {"since": "nonsense", "source": "x", "before": "-3"})) == [event.pk]


def test_pages_are_read_by_key_both_ways(browser: Browser, hook: Source, monkeypatch: Any) -> None:
    from afluente.intake.selectors import incoming

    monkeypatch.setattr(incoming, "PAGE", 2)
    made = [arrived(hook, {"name": f"Person {n}"}).pk for n in range(5)][::-1]

    first = browser.get("/incoming/").context["page"]
    second = browser.get(f"/incoming/?before={first.older}").context["page"]
    third = browser.get(f"/incoming/?before={second.older}").context["page"]
    back = browser.get(f"/incoming/?after={third.newer}").context["page"]

    pages = [[row.event.pk for row in page.rows] for page in (first, second, third, back)]
    assert pages == [made[:2], made[2:4], made[4:], made[2:4]]
    assert (first.newer, third.older) == (None, None)


def test_hostile_texts_stay_texts(browser: Browser, hook: Source) -> None:
    event = arrived(hook, {"name": HOSTILE, HOSTILE: HOSTILE})
    broken = arrived(hook, HOSTILE.encode())

    for path in (
        "/incoming/",
        f"/incoming/?open={event.pk}",
        f"/incoming/?open={broken.pk}",
        f"/incoming/?q={HOSTILE}",
    ):
        html = browser.get(path).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_one_opens_beside_the_list_or_alone_for_htmx(browser: Browser, hook: Source) -> None:
    event = arrived(hook, {"name": "Ana"}, key="key-9")

    whole = browser.get(f"/incoming/?open={event.pk}").content.decode()
    part = browser.get(f"/incoming/{event.pk}/", headers={"HX-Request": "true"}).content.decode()

    for html in (whole, part):
        assert "key-9" in html
        assert "203.0.113.9" in html
        assert "&quot;name&quot;: &quot;Ana&quot;" in html
    assert "<html" not in part
    assert browser.get(f"/incoming/{event.pk}/").headers["Location"] == f"/incoming/?open={event.pk}"


def test_failed_ones_are_tried_again_once_mended(browser: Browser, hook: Source) -> None:
    intake.set_mapping(source=hook, mapping=[{"path": "foo", "to": "deal.name"}])
    events = [arrived(hook, {"foo": f"Person {n}"}) for n in range(3)]
    done = arrived(hook, {"name": "Ana"})
    intake.set_mapping(source=hook, mapping=[{"path": "foo", "to": "contact.name"}])

    response = browser.post(
        "/incoming/replay/", {"event": [events[0].pk, events[1].pk, done.pk, "x"], "state": "failed"}
    )
    browser.post("/incoming/replay/", {"event": [events[0].pk]})
    while intake.apply_waiting():
        pass

    assert response.headers["Location"] == "/incoming/?state=failed"
    assert set(RawEvent.objects.filter(state="done").values_list("pk", flat=True)) >= {
        events[0].pk,
        events[1].pk,
    }
    assert RawEvent.objects.get(pk=events[2].pk).state == "dead"
    assert Contact.objects.filter(first_name="Person").count() == 2


def test_all_that_fit_the_filter_are_tried_again_but_no_robots(browser: Browser, hook: Source) -> None:
    arrived(hook, {"foo": "one"})
    arrived(hook, {"foo": "two"})
    arrived(hook, {"name": "Bot"}, error=intake.Note("spam"))

    browser.post("/incoming/replay/", {"all": "1", "state": "failed", "source": hook.pk})

    assert RawEvent.objects.filter(state="waiting").count() == 2
    assert RawEvent.objects.filter(state="dead", error="spam").count() == 1


def test_a_robot_that_was_none_is_taken_in(browser: Browser, hook: Source) -> None:
    event = arrived(hook, {"name": "Bento Otero"}, error=intake.Note("spam"))

    browser.post("/incoming/replay/", {"event": event.pk})
    intake.apply_waiting()

    assert Contact.objects.get().name == "Bento Otero"


def test_members_read_what_became_of_their_own_and_try_nothing_again(
    people: Cast, hook: Source, client_as: Callable[[Membership], Browser]
) -> None:
    mine, foreign = arrived(hook, {"name": "Mine"}), arrived(hook, {"name": "Foreign"})
    failed = arrived(hook, {"foo": "bar"})
    Contact.objects.filter(pk=mine.contact_id).update(assignee=people.bruno)
    Contact.objects.filter(pk=foreign.contact_id).update(assignee=people.carla)
    from afluente.deals.models import Deal

    Deal.objects.filter(pk=foreign.deal_id).update(assignee=people.carla)
    bruno = client_as(people.bruno)

    assert ids(bruno.get("/incoming/")) == [mine.pk]
    assert "Foreign" not in bruno.get(f"/incoming/?open={foreign.pk}").content.decode()
    part = {"HX-Request": "true"}
    assert [
        bruno.get(f"/incoming/{pk}/", headers=part).status_code for pk in (mine.pk, foreign.pk, failed.pk)
    ] == [200, 404, 404]
    assert bruno.post("/incoming/replay/", {"event": failed.pk}).status_code == 404
    assert client_as(make.member(role=Role.MANAGER)).get("/incoming/").context["may_configure"]


def test_strangers_find_nothing(
    hook: Source, stranger: Membership, client_as: Callable[[Membership], Browser]
) -> None:
    event = arrived(hook, {"foo": "bar"})
    browser = client_as(stranger)

    assert ids(browser.get(f"/incoming/?open={event.pk}")) == []
    assert browser.get(f"/incoming/{event.pk}/", headers={"HX-Request": "true"}).status_code == 404
    browser.post("/incoming/replay/", {"event": event.pk})
    event.refresh_from_db()
    assert event.state == "dead"


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_any_number(browser: Browser, hook: Source, count: int) -> None:
    for n in range(count):
        arrived(hook, {"name": f"Person {n}", "email": f"p{n}@x.example"})
        arrived(hook, {"foo": n})

    with CaptureQueriesContext(connection) as queries:
        browser.get("/incoming/", headers={"HX-Request": "true"})

    own = [
        one["sql"]
        for one in queries
        if 'FROM "intake_' in one["sql"] or 'FROM "contacts_' in one["sql"] or 'FROM "deals_' in one["sql"]
    ]
    assert len(own) == 6


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "x"])
def test_days_at_the_ends_of_time_are_asked_like_others(browser: Browser, hook: Source, day: str) -> None:
    assert browser.get("/incoming/", {"since": day}).status_code == 200
    assert browser.get("/incoming/", {"until": day}).status_code == 200
