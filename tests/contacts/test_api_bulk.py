"""Many contacts in one call, and what belongs to one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts.models import Contact, ContactTag
from afluente.contacts.services import create_field, create_tag
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db


def test_good_items_are_added_and_bad_ones_say_why(call, people):
    create_field(name="Size", kind="number", by=SYSTEM)

    status, answer = call(
        "POST",
        "/contacts/bulk",
        {
            "items": [
                {"first_name": "Lia", "tags": ["VIP"], "attributes": {"Size": 4}, "location": "Recife"},
                {"first_name": "Leo", "assignee_id": 999_999},
                {"first_name": "Ada", "attributes": {"Shoe": 1}},
                {"emails": ["zoe@example.com"], "tags": ["VIP"]},
            ]
        },
    )

    assert (status, answer["done"]) == (200, 2)
    assert [item["error"] and item["error"]["field"] for item in answer["items"]] == [
        None,
        "assignee_id",
        "attributes.Shoe",
        None,
    ]
    lia, zoe = Contact.objects.order_by("pk")
    assert [lia.pk, zoe.pk] == [answer["items"][0]["id"], answer["items"][3]["id"]]
    assert (lia.location, ContactTag.objects.count()) == ("Recife", 2)
    assert call("GET", f"/contacts/{lia.pk}")[1]["attributes"][0]["value"] == 4
    assert Event.objects.filter(kind="contact.created").count() == 2


def test_adding_more_at_once_asks_the_database_no_more_often(call):
    def asked(count):
        items = [{"first_name": f"Lia {n}", "tags": ["VIP"]} for n in range(count)]
        with CaptureQueriesContext(connection) as found:
            call("POST", "/contacts/bulk", {"items": items})
        return len(found)

    asked(1)

    assert asked(1) == asked(6)


def test_each_contact_is_changed_in_its_own_way_or_left_as_it_was(call, people):
    lia = make.contact(name="Lia Prado")
    ada = make.contact(name="Ada Reis", emails=("ada@example.com",))

    status, answer = call(
        "PATCH",
        "/contacts/bulk",
        {
            "items": [
                {"id": lia.pk, "last_name": "Lima"},
                {"id": ada.pk, "last_name": "Melo", "assignee_id": 999_999},
                {"id": 999_999, "last_name": "Nobody"},
            ]
        },
    )

    assert (status, answer["done"]) == (200, 1)
    assert [item["error"] and item["error"]["code"] for item in answer["items"]] == [
        None,
        "invalid",
        "not_found",
    ]
    assert sorted(Contact.objects.values_list("last_name", flat=True)) == ["Lima", "Reis"]


def test_the_same_change_for_many_reaches_those_that_may_be_changed(call, people):
    create_tag(name="Old", by=SYSTEM)
    own = [make.contact(name=f"Lia {n}", assignee=people.bruno) for n in range(3)]
    foreign = make.contact(name="Ada", assignee=people.ana)
    ids = [*(one.pk for one in own), foreign.pk]
    call("POST", "/contacts/bulk/changes", {"contact_ids": ids, "add_tags": ["Old"]})

    status, answer = call(
        "POST",
        "/contacts/bulk/changes",
        {"contact_ids": ids, "add_tags": ["New"], "remove_tags": ["OLD"]},
        as_=people.bruno,
    )

    assert (status, answer["done"], answer["items"][3]["error"]["code"]) == (200, 3, "not_found")
    links = ContactTag.objects.order_by("contact_id").values_list("contact_id", "tag__name")
    assert list(links) == [*((one.pk, "New") for one in own), (foreign.pk, "Old")]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/contacts/bulk", {"items": []}),
        ("POST", "/contacts/bulk", {"items": [{"first_name": "x"}] * 501}),
        ("PATCH", "/contacts/bulk", {"items": [{"first_name": "x"}]}),
        ("POST", "/contacts/bulk/changes", {"contact_ids": list(range(1, 1002))}),
    ],
)
def test_too_many_or_misshapen_items_refuse_the_call(call, method, path, body):
    status, answer = call(method, path, body)

    assert (status, answer["error"]["code"], Contact.objects.count()) == (422, "invalid", 0)


def test_the_companies_of_a_contact_are_read_and_changed(call, people):
    lia = make.contact(name="Lia Prado")
    company = call("POST", "/companies", {"name": "Bem Viver"})[1]["id"]
    place = f"/contacts/{lia.pk}/companies"

    linked = call("POST", place, {"company_id": company, "position": "Buyer"})[1]
    again = call("POST", place, {"company_id": company, "position": "Owner"})[1]

    assert linked["items"] == [{"company_id": company, "name": "Bem Viver", "position": "Buyer"}]
    assert again["items"][0]["position"] == "Owner"
    assert call("POST", place, {"company_id": 999_999})[0] == 404
    assert call("DELETE", f"{place}/{company}")[0] == 204
    assert call("DELETE", f"{place}/{company}")[0] == 404
    assert call("GET", place)[1] == {"items": []}


def test_addresses_are_added_changed_and_removed(call, people):
    lia = make.contact(name="Lia Prado", emails=("lia@example.com",))
    place = f"/contacts/{lia.pk}/addresses"

    made = call("POST", place, {"kind": "messenger", "value": "lia.p", "messenger": "telegram"})[1]["items"]
    call("POST", place, {"kind": "email", "value": "new@example.com", "is_primary": True})
    mails = [one for one in call("GET", place)[1]["items"] if one["kind"] == "email"]
    old = mails[1]["id"]
    changed = call("PATCH", f"{place}/email/{old}", {"value": "older@example.com"})

    assert [(one["kind"], one["value"], one["messenger"]) for one in made][1] == (
        "messenger",
        "lia.p",
        "telegram",
    )
    assert [one["value"] for one in mails] == ["new@example.com", "lia@example.com"]
    assert changed[0] == 200
    assert call("DELETE", f"{place}/email/{old}")[0] == 204
    assert call("PATCH", f"{place}/email/{old}", {"is_primary": True})[0] == 404
    assert call("POST", place, {"kind": "email", "value": " "})[0] == 422
    assert call("POST", place, {"kind": "email", "value": "x@y.co"}, as_=people.carla)[0] == 200


def test_who_may_only_look_changes_nothing_of_a_contact(call, people):
    analyst = make.member(name="Olga", role="analyst")
    lia = make.contact(name="Lia Prado")

    for method, path, body in (
        ("POST", f"/contacts/{lia.pk}/addresses", {"kind": "email", "value": "x@y.co"}),
        ("POST", f"/contacts/{lia.pk}/companies", {"company_id": 1}),
        ("POST", "/contacts/bulk", {"items": [{"first_name": "x"}]}),
    ):
        assert call(method, path, body, as_=analyst)[0] in {403, 404}, path
