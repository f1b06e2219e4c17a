"""Contacts over the API."""

import pytest

from afluente.contacts.models import Contact
from afluente.contacts.statements import search
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db


def test_a_contact_is_added_read_and_changed(call):
    status, made = call(
        "POST",
        "/contacts",
        {"first_name": "Lia", "emails": ["A@example.com", "x@"], "phones": ["11 98412-3307"]},
    )
    assert status == 201
    assert made["emails"] == [
        {"email": "A@example.com", "is_primary": True, "is_valid": True},
        {"email": "x@", "is_primary": False, "is_valid": False},
    ]
    assert made["phones"] == [{"raw": "11 98412-3307", "e164": "+5511984123307", "is_primary": True}]

    status, changed = call(
        "PATCH", f"/contacts/{made['id']}", {"last_name": "Prado", "emails": ["b@example.com"]}
    )
    assert (status, changed["first_name"], changed["last_name"]) == (200, "Lia", "Prado")
    assert [one["email"] for one in changed["emails"]] == ["b@example.com"]
    assert call("GET", f"/contacts/{made['id']}") == (200, changed)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, None),
        ({"first_name": "x" * 151}, "first_name"),
        ({"nickname": "Lia"}, "nickname"),
        ({"first_name": "Lia", "assignee_id": 999_999}, "assignee_id"),
        ({"emails": [""]}, "emails.0"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_kept(call, body, field):
    status, answer = call("POST", "/contacts", body)

    assert status == 422
    assert set(answer["error"]) == {"code", "message", "field"}
    assert answer["error"]["field"] == field
    assert not Contact.objects.exists()


def test_a_refused_change_changes_nothing(call, people):
    contact = make.contact(name="Lia Prado", assignee=people.ana)

    status, _ = call("PATCH", f"/contacts/{contact.pk}", {"first_name": "Bia", "assignee_id": 999_999})

    contact.refresh_from_db()
    assert (status, contact.first_name) == (422, "Lia")


def test_the_list_is_read_by_cursor(call):
    for number in range(5):
        make.contact(name=f"Lia {number}")

    _, first = call("GET", "/contacts?limit=3")
    _, second = call("GET", f"/contacts?limit=3&cursor={first['next']}")

    assert [one["last_name"] for one in first["items"] + second["items"]] == ["4", "3", "2", "1", "0"]
    assert second["next"] is None


def test_what_changed_since_is_read_in_order_of_change(call):
    made = [make.contact(name=f"Lia {number}") for number in range(4)]
    since = made[1].updated_at.isoformat().replace("+00:00", "Z")

    _, first = call("GET", f"/contacts?limit=2&updated={since}")
    _, second = call("GET", f"/contacts?limit=2&updated={since}&cursor={first['next']}")

    assert [one["id"] for one in first["items"] + second["items"]] == [one.pk for one in made[1:]]


def test_search_and_filters(call, people):
    wanted = make.contact(name="Lia Prado", source="form", assignee=people.bruno)
    other = make.contact(name="Lia Prado", source="api")
    search.index_contacts([wanted.pk, other.pk])

    for query in (
        "q=lia&source=form",
        f"assignee={people.bruno.pk}",
        "source=form",
        f"q=prado&assignee={people.bruno.pk}",
    ):
        assert [one["id"] for one in call("GET", f"/contacts?{query}")[1]["items"]] == [wanted.pk]
    assert [one["id"] for one in call("GET", "/contacts?assignee=0")[1]["items"]] == [other.pk]


def test_conditions_are_those_of_the_screen(call):
    lia = make.contact(name="Lia", source="form")
    search.index_contacts([lia.pk, make.contact(name="Rui", source="api").pk])

    found, page = call("GET", "/contacts?where=source.is:form&where=phone.empty")
    broken, said = call("GET", "/contacts?where=field-99.is:x")

    assert (found, [one["id"] for one in page["items"]]) == (200, [lia.pk])
    assert (broken, said["error"]["field"]) == (422, "where")
    assert "deleted" in said["error"]["message"]


def test_a_token_sees_what_its_maker_sees(call, people):
    contact = make.contact(assignee=people.ana)

    assert call("GET", f"/contacts/{contact.pk}", as_=people.bruno)[0] == 404
    assert call("PATCH", f"/contacts/{contact.pk}", {"first_name": "X"}, as_=people.bruno)[0] == 404
    assert call("GET", f"/contacts/{contact.pk}/events", as_=people.bruno)[0] == 404
    assert call("GET", "/contacts", as_=people.bruno)[1]["items"] == []
    assert call("GET", "/contacts", scopes=["deals:read"])[0] == 403


def test_events_of_a_contact(call):
    _, made = call("POST", "/contacts", {"first_name": "Lia"})
    call("PATCH", f"/contacts/{made['id']}", {"first_name": "Bia"})

    status, answer = call("GET", f"/contacts/{made['id']}/events")

    assert status == 200
    assert [one["kind"] for one in answer["items"]] == ["contact.changed", "contact.created"]
    assert answer["items"][0]["actor_name"] == "Site"
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    "body",
    [
        {"first_name": "\u200b"},
        {"emails": ["\x00"]},
        {"messengers": [{"kind": "telegram", "value": "\x00"}]},
    ],
)
def test_signs_that_nobody_sees_are_no_name(call, body):
    status, answer = call("POST", "/contacts", body)

    assert status == 422
    assert "Give a name" in answer["error"]["message"]


def test_hidden_signs_are_taken_out_of_messengers(call):
    twice = [{"kind": "telegram", "value": "ana\x00"}, {"kind": "telegram", "value": "ana"}]
    status, answer = call("POST", "/contacts", {"messengers": twice})

    assert status == 201
    assert [one["value"] for one in answer["messengers"]] == ["ana"]


@pytest.mark.parametrize("cursor", ["9" * 30, "-1", "x"])
def test_a_cursor_of_events_that_is_none_is_refused(call, people, cursor):
    contact = make.contact()

    assert call("GET", f"/contacts/{contact.pk}/events?cursor={cursor}")[0] == 422


def test_a_cursor_beyond_all_time_is_no_cursor(call, people):
    make.contact()
    status, answer = call("GET", "/contacts?updated=2000-01-01T00:00:00Z&cursor=999999999999999999-1")

    assert (status, answer["error"]["field"]) == (422, "cursor")


def test_a_contact_is_put_away_and_brought_back(call):
    _, made = call("POST", "/contacts", {"first_name": "Lia", "emails": ["lia@example.com"]})
    address = f"/contacts/{made['id']}"

    assert call("DELETE", address)[0] == 204
    assert call("GET", address)[0] == 404
    assert call("DELETE", address)[0] == 404
    status, back = call("POST", f"{address}/restoration")
    assert (status, back["emails"]) == (200, made["emails"])
    assert call("POST", f"{address}/restoration")[0] == 404


@pytest.mark.parametrize("path", ["/contacts", "/companies", "/tags"])
def test_words_that_nobody_sees_find_nobody_rather_than_everybody(call, path):
    make.contact(name="Lia Prado")

    status, answer = call("GET", f"{path}?q=%00%E2%80%8B")

    assert (status, answer["error"]["field"]) == (422, "q")


def test_a_bulk_change_of_whoever_unseen_words_find_changes_nobody(call):
    lia = make.contact(name="Lia Prado")
    who = {"where": [], "q": "\u200b"}

    status, answer = call("POST", "/contacts/bulk-changes", {"contacts": who, "change": {"kind": "delete"}})

    assert (status, answer["error"]["field"]) == (422, "contacts.q")
    assert Contact.objects.present().filter(pk=lia.pk).exists()
