"""Comments and history over the API."""

import json

import pytest

from afluente.accounts import services as accounts
from afluente.timeline import services
from afluente.timeline.events import Actor, NewEvent
from afluente.timeline.models import Comment, Event, Notification
from tests import cast, make

pytestmark = pytest.mark.django_db
SCOPES = ["contacts:read", "contacts:write", "deals:read", "deals:write"]


@pytest.fixture
def calls(people):
    """`calls(member, scopes)` gives a way to call the API with a token of that member."""

    def made(member, scopes=SCOPES):
        _, text = accounts.create_token(name="Robot", scopes=scopes, by=member)
        browser = cast.browser()

        def call(method, path, body=None):
            more = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
            answer = browser.generic(
                method,
                f"/api/v1{path}",
                more.get("data", ""),
                content_type=more.get("content_type", "application/json"),
                headers={"authorization": f"Bearer {text}"},
            )
            return answer.status_code, json.loads(answer.content) if answer.content else None

        return call

    return made


@pytest.mark.parametrize("kind", ["contacts", "deals"])
def test_a_comment_is_written_answered_changed_and_deleted(people, calls, kind):
    contact = make.contact()
    about = contact if kind == "contacts" else make.deal(contacts=(contact,))
    call, url = calls(people.ana), f"/{kind}/{about.pk}/comments"

    status, made = call("POST", url, {"text": "Oi @Bruno Lima", "mentions": [people.bruno.pk]})
    assert (status, made["author_id"], made["mentions"][0]["member_id"]) == (
        201,
        people.ana.pk,
        people.bruno.pk,
    )
    assert Event.objects.get(kind="comment.added").actor_kind == "token"
    assert Notification.objects.get().member_id == people.bruno.pk

    _, answer = call("POST", url, {"text": "Sim", "parent_id": made["id"]})
    _, root = call("GET", url)
    assert [(one["id"], one["reply_count"], one["replied_by"]) for one in root["items"]] == [
        (made["id"], 1, [people.ana.pk])
    ]
    _, replies = call("GET", f"{url}?parent_id={made['id']}")
    assert [one["id"] for one in replies["items"]] == [answer["id"]]

    status, changed = call("PATCH", f"{url}/{made['id']}", {"text": "Olá"})
    assert (status, changed["text"], changed["mentions"], changed["edited_at"] is None) == (
        200,
        "Olá",
        [],
        False,
    )
    assert call("DELETE", f"{url}/{answer['id']}") == (204, None)
    assert call("DELETE", f"{url}/{answer['id']}")[0] == 404


def test_other_programs_may_write_more_than_people_but_not_without_end(people, calls):
    contact = make.contact()
    call, url = calls(people.ana), f"/contacts/{contact.pk}/comments"

    assert call("POST", url, {"text": "x" * 65_535})[0] == 201
    assert call("POST", url, {"text": "x" * 65_536})[0] == 422
    assert call("POST", url, {"text": "  "})[0] == 422
    assert call("POST", url, {"text": "x", "colour": 1})[0] == 422
    assert Comment.objects.count() == 1


def test_what_the_makers_eyes_do_not_see_is_not_there(people, calls):
    contact, own = make.contact(assignee=people.ana), make.contact(assignee=people.bruno)
    comment = services.add_comment(text="Oi", by=people.ana, contact_id=contact.pk)
    foreign = services.add_comment(text="Oi", by=people.ana, contact_id=own.pk)
    call, url = calls(people.bruno), f"/contacts/{contact.pk}"

    found = [
        call("GET", f"{url}/comments")[0],
        call("GET", f"{url}/history")[0],
        call("POST", f"{url}/comments", {"text": "x"})[0],
        call("PATCH", f"{url}/comments/{comment.pk}", {"text": "x"})[0],
        call("PATCH", f"/contacts/{own.pk}/comments/{foreign.pk}", {"text": "x"})[0],
        call("DELETE", f"/contacts/{own.pk}/comments/{comment.pk}")[0],
        call("POST", f"/contacts/{own.pk}/comments", {"text": "x", "parent_id": comment.pk})[0],
    ]

    assert found == [404, 404, 404, 404, 404, 404, 422]
    assert Comment.objects.filter(deleted_at=None, edited_at=None).count() == 2


def test_the_address_says_which_scope_is_needed(people, calls):
    contact = make.contact()
    call = calls(people.ana, ["contacts:read", "deals:write"])

    assert call("GET", f"/contacts/{contact.pk}/comments")[0] == 200
    assert call("POST", f"/contacts/{contact.pk}/comments", {"text": "x"})[0] == 403
    assert call("GET", f"/deals/{contact.pk}/comments")[0] == 403


def test_history_is_read_by_kind_and_cursor(people, calls):
    contact = make.contact()
    deal = make.deal(contacts=(contact,))
    by = Actor("system")
    made = services.record([NewEvent("lead.received", by, contact_id=contact.pk) for _ in range(35)])
    moved = services.record([NewEvent("deal.moved", by, contact_id=contact.pk, deal_id=deal.pk)])
    call = calls(people.ana)

    _, first = call("GET", f"/contacts/{contact.pk}/history?kind=lead.received")
    _, second = call("GET", f"/contacts/{contact.pk}/history?kind=lead.received&cursor={first['next']}")
    _, of_deal = call("GET", f"/deals/{deal.pk}/history")

    assert [one["id"] for one in [*first["items"], *second["items"]]] == made[::-1]
    assert second["next"] is None
    assert [one["id"] for one in of_deal["items"]] == moved


def test_comments_are_read_by_cursor_at_one_cost(people, calls):
    contact = make.contact()
    written = [
        services.add_comment(text=f"{number}", by=people.ana, contact_id=contact.pk).pk for number in range(5)
    ]
    call = calls(people.ana)

    _, first = call("GET", f"/contacts/{contact.pk}/comments?limit=3")
    _, second = call("GET", f"/contacts/{contact.pk}/comments?limit=3&cursor={first['next']}")

    assert [one["id"] for one in [*first["items"], *second["items"]]] == written[::-1]
    assert second["next"] is None
