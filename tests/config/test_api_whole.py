"""What the screens of contacts can do, programs can do: the later operations, each from end to end."""

from __future__ import annotations

import json
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from ninja import Schema

from afluente.accounts import services as accounts
from afluente.accounts.models import Scope
from afluente.config.api import api
from afluente.contacts import services as contacts
from afluente.contacts.models import Contact, SavedFilter
from afluente.timeline import services
from afluente.timeline.events import Actor
from tests import cast, make

pytestmark = pytest.mark.django_db
BY = Actor("system", None, "Test")


@pytest.fixture
def as_(people):
    """`as_(member, scopes)` gives `call(method, path, body)` with a token of that member."""

    def made(member, scopes=tuple(Scope.values)):
        headers = {
            "Authorization": f"Bearer {accounts.create_token(name='Site', scopes=list(scopes), by=member)[1]}"
        }

        def call(method, path, body=None):
            content = json.dumps(body) if body is not None else ""
            answer = cast.Browser().generic(
                method, f"/api/v1{path}", content, content_type="application/json", headers=headers
            )
            return answer.status_code, answer.json() if answer.content else None

        return call

    return made


@pytest.fixture
def call(as_, people):
    return as_(people.ana)


def test_filters_are_kept_changed_shared_and_forgotten(call, as_, people):
    tag = contacts.create_tag(name="VIP", by=BY)
    status, made = call(
        "POST", "/contacts/filters", {"name": "Best", "where": [f"tag.is:{tag.pk}"], "is_shared": True}
    )
    assert (status, made["where"], made["is_shared"], made["is_own"]) == (
        201,
        [f"tag.is:{tag.pk}"],
        True,
        True,
    )

    other = as_(people.bruno)
    assert [(one["name"], one["is_own"]) for one in other("GET", "/contacts/filters")[1]["items"]] == [
        ("Best", False)
    ]
    assert other("PATCH", f"/contacts/filters/{made['id']}", {"name": "Mine"})[0] == 404
    assert other("DELETE", f"/contacts/filters/{made['id']}")[0] == 404

    place = f"/contacts/filters/{made['id']}"
    _, changed = call("PATCH", place, {"name": "Newest", "q": "ana"})
    assert (changed["name"], changed["where"], changed["q"]) == ("Newest", made["where"], "ana")
    assert call("PATCH", place, {"where": ["colour.is:blue"]})[1]["error"]["field"] == "where"
    call("POST", "/contacts/filters", {"name": "Else"})
    assert call("PATCH", place, {"name": "else"})[1]["error"]["field"] == "name"
    contacts.delete_tag(tag_id=tag.pk, by=BY)
    assert call("GET", place)[1]["problem"]
    assert call("DELETE", place)[0] == 204
    assert SavedFilter.objects.filter(pk=made["id"]).count() == 0


@pytest.mark.parametrize(
    "place", ["/contacts/filters", "/companies", "/notifications", "/contacts/bulk-changes"]
)
def test_no_query_is_added_by_more_rows(call, people, place):
    def fill(number):
        tag = contacts.create_tag(name=f"Tag {number}", by=BY)
        call("POST", "/contacts/filters", {"name": f"Filter {number}", "where": [f"tag.is:{tag.pk}"]})
        call("POST", "/companies", {"name": f"Company {number}"})
        contact = make.contact(name=f"Contact {number}")
        services.notify(
            [
                services.Notice(
                    member_id=people.ana.pk,
                    kind="mention",
                    actor=Actor("member", people.bruno.pk, "Bruno"),
                    record_kind="contact",
                    record_id=contact.pk,
                )
            ]
        )
        change = {"what": "location", "value": f"Place {number}"}
        call("POST", "/contacts/bulk-changes", {"contacts": {"contact_ids": [contact.pk]}, "change": change})

    def counted():
        with CaptureQueriesContext(connection) as asked:
            _, answer = call("GET", place)
        return len(asked), len(answer["items"])

    fill(0)
    call("GET", place)
    few = counted()
    for number in range(1, 5):
        fill(number)
    many = counted()

    assert (few[1], many[1]) == (1, 5)
    assert many[0] == few[0]


def test_filters_of_deals_are_apart_from_those_of_contacts(call):
    _, made = call("POST", "/deals/filters", {"name": "Large", "where": ["amount.gte:1000"]})

    assert made["where"] == ["amount.gte:1000"]
    assert call("GET", "/contacts/filters")[1]["items"] == []
    assert call("DELETE", f"/contacts/filters/{made['id']}")[0] == 404
    assert call("POST", "/deals/filters", {"name": "No", "where": ["tag.is:1"]})[0] == 422
    assert call("DELETE", f"/deals/filters/{made['id']}")[0] == 204


def test_all_that_a_filter_finds_is_looked_at_changed_and_taken_back(call):
    names = (("Lia", "Prado"), ("Leo", "Prado"), ("Ana", "Melo"))
    made = [call("POST", "/contacts", {"first_name": one, "last_name": two})[1]["id"] for one, two in names]
    lia, leo, ana = (Contact.objects.get(pk=pk) for pk in made)
    body = {
        "contacts": {"where": ["last_name.is:Prado"], "except_ids": [leo.pk]},
        "change": {"what": "location", "value": "Recife"},
    }
    status, seen = call("POST", "/contacts/bulk-changes/preview", body)
    assert (status, seen["changed"], seen["sample"][0]["after"]) == (200, 1, "Recife")

    _, done = call("POST", "/contacts/bulk-changes", body)
    assert (done["state"], done["changed"]) == ("done", 1)
    assert set(Contact.objects.filter(location="Recife")) == {lia}
    assert call("GET", f"/contacts/bulk-changes/{done['id']}")[1]["changed"] == 1
    assert [one["id"] for one in call("GET", "/contacts/bulk-changes")[1]["items"]] == [done["id"]]
    _, undone = call("POST", f"/contacts/bulk-changes/{done['id']}/undo")
    assert (undone["state"], undone["restored"]) == ("undone", 1)
    assert call("POST", f"/contacts/bulk-changes/{done['id']}/undo")[0] == 409
    assert not Contact.objects.filter(location="Recife").exists()
    assert ana.location == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"what": "assignee", "value": 999_999}, "change.value"),
        ({"what": "assignee", "value": "Ana"}, "change.value"),
        ({"what": "field", "field": "Moda", "value": 1}, "change.field"),
        ({"what": "tags", "op": "add", "value": "VIP"}, "change.value"),
        ({"what": "tags", "op": "remove", "value": ["Nobody"]}, "change.value"),
        ({"what": "location", "op": "add", "value": "x"}, "change.op"),
        ({"what": "address", "value": 7}, "change.value"),
    ],
)
def test_a_change_of_many_that_cannot_be_names_what_to_mend(call, change, field):
    contact = make.contact(name="Lia Prado")

    status, answer = call(
        "POST", "/contacts/bulk-changes", {"contacts": {"contact_ids": [contact.pk]}, "change": change}
    )

    assert (status, answer["error"]["field"]) == (422, field)


def test_a_change_of_many_by_a_broken_filter_changes_nobody(call):
    make.contact(name="Lia Prado")
    change = {"what": "delete"}

    broken = call(
        "POST", "/contacts/bulk-changes", {"contacts": {"where": ["tag.is:9999"]}, "change": change}
    )
    nothing = call("POST", "/contacts/bulk-changes", {"contacts": {}, "change": change})

    assert (broken[0], nothing[0], Contact.objects.present().count()) == (422, 422, 1)
    assert broken[1]["error"]["field"] == "contacts.where"


def test_many_get_a_tag_a_person_and_a_value_of_a_list(call, people):
    field = contacts.create_field(name="Canais", kind="multiselect", options=["Site", "Loja"], by=BY)
    contact = make.contact(name="Lia Prado")
    who = {"contact_ids": [contact.pk]}
    for change in (
        {"what": "tags", "op": "add", "value": ["VIP"]},
        {"what": "assignee", "value": people.bruno.pk},
        {"what": "field", "op": "add", "field": "Canais", "value": ["Site"]},
        {"what": "field", "op": "add", "field": str(field.pk), "value": ["Loja"]},
    ):
        assert call("POST", "/contacts/bulk-changes", {"contacts": who, "change": change})[1]["changed"] == 1

    _, now = call("GET", f"/contacts/{contact.pk}")
    assert ([tag["name"] for tag in now["tags"]], now["assignee_id"]) == (["VIP"], people.bruno.pk)
    assert now["attributes"][0]["value"] == ["Site", "Loja"]


def test_headings_and_choices_are_arranged_one_by_one(call):
    _, sales = call("POST", "/fields/headings", {"name": "Sales"})
    _, care = call("POST", "/fields/headings", {"name": "Care"})
    assert call("POST", "/fields/headings", {"name": "sales"})[0] == 422
    _, ordered = call("POST", "/fields/headings/order", {"headings": [care["id"], sales["id"]]})
    assert [one["name"] for one in ordered["items"]] == ["Care", "Sales"]
    assert call("PATCH", f"/fields/headings/{care['id']}", {"name": "Service"})[1]["name"] == "Service"

    body = {"name": "Porte", "kind": "select", "options": ["P", "M"], "tab_id": sales["id"]}
    _, field = call("POST", "/fields", body)
    assert (field["tab"], field["tab_id"]) == ("Sales", sales["id"])
    assert call("PATCH", f"/fields/{field['id']}", {"tab_id": 999_999})[1]["error"]["field"] == "tab_id"
    assert call("PATCH", f"/fields/{field['id']}", {"tab_id": None})[1]["tab_id"] is None

    place = f"/fields/{field['id']}/options"
    small, medium = (option["id"] for option in field["options"])
    status, field = call("POST", place, {"label": "G", "color": 3})
    assert (status, [one["label"] for one in field["options"]]) == (201, ["P", "M", "G"])
    _, field = call("PATCH", f"{place}/{medium}", {"label": "Médio", "position": 0})
    assert [(one["id"], one["label"]) for one in field["options"]][:2] == [(medium, "Médio"), (small, "P")]
    _, field = call("PATCH", f"{place}/{small}", {"is_archived": True})
    assert [one["is_archived"] for one in field["options"] if one["id"] == small] == [True]
    _, field = call("DELETE", f"{place}/{small}")
    assert [one["label"] for one in field["options"]] == ["Médio", "G"]
    assert call("PATCH", f"{place}/{small}", {"label": "P"})[0] == 404
    assert call("DELETE", f"/fields/headings/{sales['id']}")[0] == 204
    assert call("DELETE", f"/fields/headings/{sales['id']}")[0] == 404


def test_a_company_has_values_and_comes_back(call):
    contacts.create_field(name="Porte", entity="company", by=BY)
    _, made = call("POST", "/companies", {"name": "Prado", "attributes": {"Porte": "M"}})
    place = f"/companies/{made['id']}"
    assert made["attributes"][0]["value"] == "M"
    assert call("PATCH", place, {"attributes": {"Porte": None}})[1]["attributes"][0]["value"] is None
    assert call("PATCH", place, {"attributes": {"Moda": 1}})[1]["error"]["field"] == "attributes.Moda"

    assert call("DELETE", place)[0] == 204
    assert call("GET", place)[0] == 404
    assert call("POST", f"{place}/restoration")[1]["name"] == "Prado"
    assert call("POST", f"{place}/restoration")[0] == 404
    assert call("GET", "/companies")[1]["items"][0]["attributes"][0]["name"] == "Porte"


def test_what_was_deleted_or_changed_is_listed_and_taken_back(call):
    contact = make.contact(name="Lia Prado")
    call("PATCH", f"/contacts/{contact.pk}", {"location": "Recife"})
    event = call("GET", f"/contacts/{contact.pk}/history?kind=contact.changed")[1]["items"][0]["id"]
    status, now = call("POST", f"/contacts/{contact.pk}/changes/{event}/undo")
    assert (status, now["location"]) == (200, "")
    call("PATCH", f"/contacts/{contact.pk}", {"location": "Natal"})
    assert call("POST", f"/contacts/{contact.pk}/changes/{event}/undo")[0] == 409
    assert call("POST", f"/contacts/{contact.pk}/changes/999999/undo")[0] == 404

    call("DELETE", f"/contacts/{contact.pk}")
    assert [one["id"] for one in call("GET", "/contacts/deleted")[1]["items"]] == [contact.pk]
    call("POST", f"/contacts/{contact.pk}/restoration")
    assert call("GET", "/contacts/deleted")[1]["items"] == []


def test_settings_name_who_gets_what_arrives(call, as_, people):
    assert call("GET", "/contacts/settings")[1] == {"default_assignee_id": None}
    body = {"default_assignee_id": people.bruno.pk}
    assert call("PATCH", "/contacts/settings", body) == (200, body)
    assert call("PATCH", "/contacts/settings", {}) == (200, body)
    assert call("PATCH", "/contacts/settings", {"default_assignee_id": 99_999})[0] == 422


def test_a_dismissed_pair_is_suggested_again_and_runs_are_listed(call):
    lia, leo = make.contact(name="Lia Prado"), make.contact(name="Lia Prado")
    contacts.note_possible_duplicates([(leo.pk, lia.pk, "email")])
    (pair,) = call("GET", "/contacts/duplicates")[1]["items"]
    place = f"/contacts/duplicates/{pair['id']}"

    assert call("POST", f"{place}/dismissal")[0] == 204
    assert call("GET", "/contacts/duplicates")[1]["items"] == []
    assert call("POST", f"{place}/reopening")[0] == 204
    assert len(call("GET", "/contacts/duplicates")[1]["items"]) == 1
    _, run = call("POST", "/contacts/merge-runs", {"match": ["name"]})
    assert [one["id"] for one in call("GET", "/contacts/merge-runs")[1]["items"]] == [run["id"]]


def test_a_deal_gets_people_and_is_put_away_and_brought_back(call, as_, people):
    lia, leo = make.contact(name="Lia Prado"), make.contact(name="Leo Prado")
    deal = make.deal(contacts=(lia,))
    place = f"/deals/{deal.pk}"

    body = {"contact_id": leo.pk, "is_primary": True}
    assert call("POST", f"{place}/contacts", body)[1]["contact_ids"] == [leo.pk, lia.pk]
    assert [one["id"] for one in call("GET", f"/deals?contact_id={leo.pk}")[1]["items"]] == [deal.pk]
    assert call("POST", f"{place}/contacts", {"contact_id": 999_999})[0] == 422
    assert call("DELETE", f"{place}/contacts/{leo.pk}")[0] == 204
    assert call("DELETE", f"{place}/contacts/{leo.pk}")[0] == 404
    assert call("DELETE", place)[0] == 204
    assert call("GET", place)[0] == 404
    assert call("POST", f"{place}/restoration")[1]["contact_ids"] == [lia.pk]
    assert call("POST", f"{place}/restoration")[0] == 404


def test_notifications_are_read_as_far_as_the_token_may(as_, people):
    contact = make.contact(name="Lia Prado")
    deal = make.deal(contacts=(contact,))
    ana, bruno = as_(people.ana), as_(people.bruno)
    for place in (f"/contacts/{contact.pk}", f"/deals/{deal.pk}"):
        ana("POST", f"{place}/comments", {"text": "@Bruno Lima", "mentions": [people.bruno.pk]})

    _, told = bruno("GET", "/notifications?unread=true")
    assert ([one["record_kind"] for one in told["items"]], told["unread"]) == (["deal", "contact"], 2)
    narrow = as_(people.bruno, ("contacts:read", "contacts:write"))
    assert [one["record_kind"] for one in narrow("GET", "/notifications")[1]["items"]] == ["contact"]
    assert narrow("POST", "/notifications/reading", {})[1] == {"unread": 0}
    assert bruno("GET", "/notifications")[1]["unread"] == 1
    ids = [one["id"] for one in told["items"]]
    assert ana("POST", "/notifications/reading", {"ids": ids})[1] == {"unread": 0}
    assert bruno("POST", "/notifications/reading", {"ids": ids, "is_read": False})[1] == {"unread": 2}
    assert bruno("POST", "/notifications/reading", {"is_read": False})[0] == 422


def test_a_comment_comes_back(call):
    contact = make.contact(name="Lia Prado")
    place = f"/contacts/{contact.pk}/comments"
    _, made = call("POST", place, {"text": "Oi"})

    call("DELETE", f"{place}/{made['id']}")
    assert call("POST", f"{place}/{made['id']}/restoration")[1]["text"] == "Oi"
    assert call("POST", f"{place}/{made['id']}/restoration")[0] == 404


def test_folders_and_files_are_moved_and_brought_back(call, people):
    token = accounts.create_token(name="Files", scopes=["files:write"], by=people.ana)[1]
    _, top = call("POST", "/files/folders", {"name": "Deals"})
    _, inner = call("POST", "/files/folders", {"name": "2026", "folder_id": top["id"]})
    place = f"/files/folders/{inner['id']}"
    assert call("PATCH", place, {"name": "2027", "folder_id": None})[1] == {
        "id": inner["id"],
        "name": "2027",
        "parent_id": None,
    }
    assert call("PATCH", place, {"folder_id": 999_999})[0] == 422
    assert call("PATCH", place, {"folder_id": inner["id"]})[0] == 422
    assert call("DELETE", place)[0] == 204
    assert call("POST", f"{place}/restoration")[1]["name"] == "2027"
    kept = cast.Browser().post(
        "/api/v1/files",
        {"file": SimpleUploadedFile("a.txt", b"An offer.")},
        headers={"Authorization": f"Bearer {token}"},
    )
    number = kept.json()["id"]
    assert call("DELETE", f"/files/{number}")[0] == 204
    assert call("POST", f"/files/{number}/restoration")[1]["name"] == "a.txt"
    assert call("POST", f"/files/{number}/restoration")[0] == 404


def test_teams_are_read(call, people):
    team = accounts.create_team(name="Sul")

    assert {"id": team.pk, "name": "Sul", "members": 0} in call("GET", "/teams")[1]["items"]


def test_a_contact_is_found_by_its_number_in_another_system(call, as_, people):
    lia, leo = make.contact(name="Lia", assignee=people.ana), make.contact(name="Leo", assignee=people.ana)
    place = f"/contacts/{lia.pk}/external-ids"
    said = {"system": "erp", "value": "A 77"}

    assert call("POST", place, said) == (200, {"contact_id": lia.pk, **said})
    assert call("POST", place, said)[0] == 200
    assert call("POST", f"/contacts/{leo.pk}/external-ids", said)[0] == 409
    assert call("GET", "/external-ids?system=erp&value=A+77")[1]["contact_id"] == lia.pk
    assert as_(people.bruno)("GET", "/external-ids?system=erp&value=A+77")[0] == 404
    assert call("GET", "/external-ids?system=erp&value=B")[0] == 404
    call("POST", "/contacts/merges", {"contact_ids": [leo.pk, lia.pk], "survivor_id": leo.pk})
    assert call("GET", "/external-ids?system=erp&value=A+77")[1]["contact_id"] == leo.pk
    place = f"/contacts/{leo.pk}/external-ids"
    assert call("POST", place, {"system": "erp", "value": "78"})[0] == 200
    assert [one["value"] for one in call("GET", place)[1]["items"]] == ["78"]
    assert call("POST", place, {"system": " ", "value": "78"})[0] == 422
    assert call("DELETE", f"{place}/erp")[0] == 204
    assert call("DELETE", f"{place}/erp")[0] == 404


def test_how_one_is_told_is_read_and_changed(as_, people):
    sales, bruno = make.pipeline(), as_(people.bruno)

    _, before = bruno("GET", "/notifications/preferences")
    said = {
        "kinds": [{"kind": "deal.opened", "ways": ["push", "app"], "only": [sales.pk]}],
        "rhythm": "daily",
    }
    _, after = bruno("PATCH", "/notifications/preferences", said)

    kinds = [{one["kind"]: one for one in told["kinds"]} for told in (before, after)]
    assert (kinds[0]["deal.opened"]["ways"], before["rhythm"], before["mail_hour"]) == ([], "soon", 8)
    assert kinds[0]["deal.opened"]["options"] == [{"id": sales.pk, "name": "Sales"}]
    assert (kinds[1]["deal.opened"]["ways"], kinds[1]["deal.opened"]["only"]) == (["app", "push"], [sales.pk])
    assert (after["rhythm"], after["mail_hour"]) == ("daily", 8)
    assert kinds[1]["mention"] == kinds[0]["mention"]  # what was not sent stays
    assert as_(people.ana)("GET", "/notifications/preferences")[1] == before


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kinds": [{"kind": "nothing", "ways": []}]}, "kinds.0.kind"),
        ({"kinds": [{"kind": "mention", "ways": ["pigeon"]}]}, "kinds.0.ways.0"),
        ({"kinds": [{"kind": "mention"}, {"kind": "deal.opened", "only": [999]}]}, "kinds.1.only"),
        ({"kinds": [{"kind": "mention", "only": [1]}]}, "kinds.0.only"),
        ({"mail_after": 7}, "mail_after"),
        ({"mail_hour": 24}, "mail_hour"),
        ({"rythm": "daily"}, "rythm"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_by_its_place(as_, people, said, field):
    bruno = as_(people.bruno)
    before = bruno("GET", "/notifications/preferences")

    status, told = bruno("PATCH", "/notifications/preferences", said)

    assert (status, told["error"]["field"]) == (422, field)
    assert bruno("GET", "/notifications/preferences") == before


def test_devices_are_listed_and_taken_off_by_who_they_are_of(as_, people):
    device = services.add_device(
        member=people.bruno,
        name="Firefox · Linux",
        endpoint="https://updates.push.services.mozilla.com/x",
        p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        auth="BTBZMqHH6r4Tts7J_aSIgg",
    )
    bruno, ana = as_(people.bruno), as_(people.ana)

    assert [one["name"] for one in bruno("GET", "/notifications/devices")[1]["items"]] == ["Firefox · Linux"]
    assert ana("GET", "/notifications/devices")[1]["items"] == []
    assert ana("DELETE", f"/notifications/devices/{device.pk}")[0] == 404
    assert bruno("DELETE", f"/notifications/devices/{device.pk}")[0] == 204
    assert bruno("DELETE", f"/notifications/devices/{device.pk}")[0] == 404


# Asked are parameters of an address, which stand in each operation; a refusal is one, said more or less exactly.
MAY_DIFFER = {"Asked", "Refused"}


def test_a_name_of_a_shape_stands_for_one_shape():
    """Two slices that call their shapes alike would share one of them in the document, and answer with the other."""
    named = api.get_openapi_schema()["components"]["schemas"]
    shapes: dict[str, set[str]] = {}
    for module in [
        one for name, one in sys.modules.items() if name.startswith("afluente.") and ".api" in name
    ]:
        for name, shape in vars(module).items():
            if name in named and isinstance(shape, type) and issubclass(shape, Schema):
                shapes.setdefault(shape.__name__, set()).add(
                    json.dumps(shape.model_json_schema(), sort_keys=True)
                )

    assert [name for name, kinds in shapes.items() if len(kinds) > 1 and name not in MAY_DIFFER] == []
