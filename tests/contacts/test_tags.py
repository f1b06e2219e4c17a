"""Tags: on one contact, on many, in the settings, over the API."""

import json

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from afluente.contacts import selectors, services
from afluente.contacts.models import ContactTag, Tag
from afluente.contacts.services import saving
from afluente.contacts.statements import search
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
BY = Actor("member", 1, "Ana")
HTMX = {"HX-Request": "true", "HX-Target": "dd#tags"}


def names_on(contact):
    return [tag.name for tag in selectors.tags_of([contact.pk]).get(contact.pk, [])]


def told(kind="contact.changed"):
    return [event.data for event in Event.objects.filter(kind=kind).order_by("pk")]


def test_a_tag_is_found_in_whatever_case_and_made_once(people):
    first = services.ensure_tags(names=["VIP", "Saúde", "vip"], by=BY)
    again = services.ensure_tags(names=["saúde", "ViP"], by=BY)

    assert [tag.name for tag in first] == ["VIP", "Saúde"]
    assert [tag.pk for tag in again] == [first[1].pk, first[0].pk]
    assert {data["name"] for data in told("tag.created")} == {"Saúde", "VIP"}


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 65])
def test_a_name_that_says_nothing_or_too_much_makes_no_tag(people, name):
    with pytest.raises(services.TagRefusedError):
        services.create_tag(name=name, by=BY)
    assert Tag.objects.count() == 0


def test_many_contacts_get_many_tags_with_one_event_each(people):
    contacts = [make.contact(name=f"Lia {n}") for n in range(3)]
    vip, new = services.ensure_tags(names=["VIP", "New"], by=BY)
    services.attach_tags(contact_ids=[contacts[0].pk], tag_ids=[vip.pk], by=BY)
    Event.objects.all().delete()

    done = services.attach_tags(
        contact_ids=[contact.pk for contact in contacts], tag_ids=[vip.pk, new.pk], by=BY
    )

    assert len(done.attached) == 5
    assert told() == [
        {"tags": [["VIP"], ["New", "VIP"]]},
        {"tags": [[], ["New", "VIP"]]},
        {"tags": [[], ["New", "VIP"]]},
    ]
    assert services.attach_tags(contact_ids=done.contact_ids, tag_ids=[vip.pk], by=BY).contact_ids == []


def test_undo_takes_back_what_was_done_and_nothing_else(people):
    before, other = make.contact(name="Lia"), make.contact(name="Rui")
    vip, new = services.ensure_tags(names=["VIP", "New"], by=BY)
    services.attach_tags(contact_ids=[before.pk], tag_ids=[vip.pk], by=BY)

    done = services.attach_tags(contact_ids=[before.pk, other.pk], tag_ids=[vip.pk], by=BY)
    services.attach_tags(contact_ids=[other.pk], tag_ids=[new.pk], by=BY)
    services.undo_tagging(done=done, by=BY)

    assert (names_on(before), names_on(other)) == (["VIP"], ["New"])


def test_the_statements_are_as_many_for_one_as_for_many(people):
    tags = [tag.pk for tag in services.ensure_tags(names=["a", "b"], by=BY)]
    counts = []
    for size in (1, 5):
        ids = [make.contact(name="Lia").pk for _ in range(size)]
        with CaptureQueriesContext(connection) as captured:
            services.attach_tags(contact_ids=ids, tag_ids=tags, by=BY)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_a_deleted_contact_gets_no_tag(people):
    gone = make.contact(name="Lia")
    gone.deleted_at = gone.created_at
    gone.save()
    vip = services.create_tag(name="VIP", by=BY)

    assert services.attach_tags(contact_ids=[gone.pk], tag_ids=[vip.pk], by=BY).attached == ()
    assert not ContactTag.objects.exists()


def test_a_tag_finds_its_contacts_in_the_index(people):
    lia = make.contact(name="Lia")
    vip = services.create_tag(name="VIP", by=BY)
    services.attach_tags(contact_ids=[lia.pk], tag_ids=[vip.pk], by=BY)

    assert search.find(search.Query(f"'{search.BLOCK}@t{vip.pk}'"), limit=5) == [lia.pk]
    services.delete_tag(tag_id=vip.pk, by=BY)
    assert search.find(search.Query(f"'{search.BLOCK}@t{vip.pk}'"), limit=5) == []


def test_renaming_to_a_name_that_is_taken_is_refused_with_the_other_tag(people):
    vip, new = services.ensure_tags(names=["VIP", "New"], by=BY)

    with pytest.raises(services.TagNameTakenError) as refused:
        services.change_tag(tag_id=new.pk, name="vip", by=BY)

    assert refused.value.tag == vip
    assert Tag.objects.get(pk=new.pk).name == "New"


def test_merging_keeps_one_of_each_and_ends_the_tag(people):
    both, one = make.contact(name="Lia"), make.contact(name="Rui")
    old, new = services.ensure_tags(names=["Old", "New"], by=BY)
    services.attach_tags(contact_ids=[both.pk, one.pk], tag_ids=[old.pk], by=BY)
    services.attach_tags(contact_ids=[both.pk], tag_ids=[new.pk], by=BY)

    assert services.merge_tags(tag_id=old.pk, into_id=new.pk, by=BY) == 2

    assert (names_on(both), names_on(one)) == (["New"], ["New"])
    assert list(Tag.objects.values_list("name", flat=True)) == ["New"]
    with pytest.raises(services.TagGoneError):
        services.merge_tags(tag_id=old.pk, into_id=new.pk, by=BY)


def test_a_tag_is_typed_made_and_taken_off_on_the_card(people, client_as):
    lia = make.contact(name="Lia")
    browser = client_as(people.ana)

    answer = browser.post(f"/contacts/{lia.pk}/tags/", {"name": "Cliente"}, headers=HTMX)
    assert answer.status_code == 200
    assert b"Cliente" in answer.content
    assert b'role="combobox"' in answer.content  # the next one can be typed at once
    tag = Tag.objects.get()

    answer = browser.post(f"/contacts/{lia.pk}/tags/{tag.pk}/deletion/", headers=HTMX)
    undo = json.loads(answer["HX-Trigger"])["af:toast"]["undo"]
    assert names_on(lia) == []
    assert browser.post(undo).status_code == 204
    assert names_on(lia) == ["Cliente"]


def test_the_box_offers_what_fits_without_what_is_there(people, client_as):
    lia = make.contact(name="Lia")
    here, _there = services.ensure_tags(names=["Saúde", "Saúde pública"], by=BY)
    services.attach_tags(contact_ids=[lia.pk], tag_ids=[here.pk], by=BY)

    url = f"/contacts/{lia.pk}/tags/?part=options&q=saude"
    answer = (
        client_as(people.ana)
        .get(url, headers={"HX-Request": "true", "HX-Target": "div#tag-options"})
        .content.decode()
    )

    assert "Saúde pública" in answer
    assert answer.count('role="option"') == 2  # that one, and making «saude»


def test_whoever_cannot_see_a_contact_cannot_tag_it(people, client_as):
    hers = make.contact(name="Lia", assignee=people.ana)
    tag = services.create_tag(name="VIP", by=BY)
    bruno = client_as(people.bruno)

    assert bruno.post(f"/contacts/{hers.pk}/tags/", {"tag": tag.pk}).status_code == 403
    assert bruno.post(f"/contacts/{hers.pk}/tags/{tag.pk}/deletion/").status_code == 403
    assert names_on(hers) == []


@pytest.mark.parametrize("number", ["x", "0", "99999999999999999999"])
def test_a_tag_that_is_none_is_not_found(people, client_as, number):
    lia = make.contact(name="Lia")
    assert client_as(people.ana).post(f"/contacts/{lia.pk}/tags/", {"tag": number}).status_code == 404


def test_the_list_of_contacts_shows_two_tags_and_counts_the_others(people, client_as):
    lia = make.contact(name="Lia")
    tags = services.ensure_tags(names=["A1", "B2", "C3", "D4"], by=BY)
    services.attach_tags(contact_ids=[lia.pk], tag_ids=[tag.pk for tag in tags], by=BY)

    content = client_as(people.ana).get("/contacts/").content.decode()

    assert ">A1<" in content
    assert ">C3<" not in content
    assert "+2" in content


def test_tags_are_arranged_in_the_settings(people, client_as):
    browser = client_as(people.ana)
    assert browser.post("/settings/contacts/tags/", {"name": "VIP", "color": "7"}).status_code == 303
    vip = Tag.objects.get()
    assert (vip.name, vip.color) == ("VIP", 7)

    again = browser.post("/settings/contacts/tags/", {"name": "vip"})
    assert (again.status_code, Tag.objects.count()) == (422, 1)

    browser.post(f"/settings/contacts/tags/{vip.pk}/", {"name": "Very important", "color": "9"})
    vip.refresh_from_db()
    assert (vip.name, vip.color) == ("Very important", 9)

    other = services.create_tag(name="Other", by=BY)
    page = browser.get(f"/settings/contacts/tags/{other.pk}/").content
    assert b"Very important" in page
    assert page.count(b"hx-confirm") == 2, "neither can be undone"
    opened = browser.get(f"/settings/contacts/tags/{other.pk}/merge/")
    assert (opened.status_code, opened.url) == (303, f"/settings/contacts/tags/{other.pk}/")
    assert browser.post(f"/settings/contacts/tags/{other.pk}/merge/", {"into": vip.pk}).status_code == 303
    assert browser.post(f"/settings/contacts/tags/{vip.pk}/deletion/").status_code == 303
    assert Tag.objects.count() == 0


def test_a_plain_member_arranges_no_tags(people, client_as):
    tag = services.create_tag(name="VIP", by=BY)
    bruno = client_as(people.bruno)

    assert bruno.get("/settings/contacts/tags/").status_code in {403, 404}
    for path in ("", "merge/", "deletion/"):
        assert bruno.post(f"/settings/contacts/tags/{tag.pk}/{path}").status_code in {403, 404}
    assert Tag.objects.count() == 1


def test_the_page_of_tags_costs_the_same_for_one_and_for_many(people, client_as):
    browser = client_as(people.ana)
    counts = []
    for names in (["a"], ["b", "c", "d", "e"]):
        services.ensure_tags(names=names, by=BY)
        browser.get("/settings/contacts/tags/")
        with CaptureQueriesContext(connection) as captured:
            browser.get("/settings/contacts/tags/")
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_the_count_of_a_tag_obeys_what_the_member_sees(people):
    tag = services.create_tag(name="VIP", by=BY)
    for assignee in (people.ana, people.bruno):
        lia = make.contact(name="Lia", assignee=assignee)
        services.attach_tags(contact_ids=[lia.pk], tag_ids=[tag.pk], by=BY)

    assert selectors.contact_count(member=people.ana, tag=tag) == 2
    assert selectors.contact_count(member=people.bruno, tag=tag) == 1


def test_the_api_arranges_tags_and_puts_them_on_contacts(call):
    lia = make.contact(name="Lia")
    status, made = call("POST", "/tags", {"name": "VIP", "color": 3})
    assert (status, made["name"], made["color"], made["contacts"]) == (201, "VIP", 3, 0)
    assert call("POST", "/tags", {"name": "vip"})[0] == 422
    assert call("PATCH", f"/tags/{made['id']}", {"name": "Very"})[1]["name"] == "Very"

    assert call("POST", f"/tags/{made['id']}/contacts", {"contact_ids": [lia.pk, 10**12]})[1] == {
        "changed": [lia.pk]
    }
    assert call("GET", f"/tags/{made['id']}")[1]["contacts"] == 1
    status, changed = call("PATCH", f"/contacts/{lia.pk}", {"tags": ["New", "very"]})
    assert [tag["name"] for tag in changed["tags"]] == ["New", "Very"]
    assert call("PATCH", f"/contacts/{lia.pk}", {"tags": []})[1]["tags"] == []

    items = call("GET", "/tags?q=NEW")[1]["items"]
    assert [tag["name"] for tag in items] == ["New"]
    assert call("POST", f"/tags/{made['id']}/merge", {"into_id": items[0]["id"]})[1]["name"] == "New"
    assert call("GET", f"/tags/{made['id']}")[0] == 404


def test_a_contact_comes_with_its_tags_over_the_api(call):
    status, made = call("POST", "/contacts", {"first_name": "Lia", "tags": ["VIP", "vip"]})

    assert (status, [tag["name"] for tag in made["tags"]]) == (201, ["VIP"])
    assert len(told("contact.created")) == 1
    assert told() == []


def test_tags_are_read_page_by_page(call):
    services.ensure_tags(names=["a", "b", "c"], by=BY)

    _, first = call("GET", "/tags?limit=2")
    _, second = call("GET", f"/tags?limit=2&cursor={first['next']}")

    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 1, None]


def test_a_token_of_a_plain_member_makes_tags_and_arranges_none(call, people):
    tag = services.create_tag(name="VIP", by=BY)

    assert call("DELETE", f"/tags/{tag.pk}", as_=people.bruno)[0] == 403
    assert call("PATCH", f"/tags/{tag.pk}", {"name": "x"}, as_=people.bruno)[0] == 403
    assert call("GET", "/tags", scopes=("deals:read",))[0] == 403
    assert Tag.objects.get().name == "VIP"


def test_kept_filters_are_named_and_follow_a_merged_tag(people, client_as):
    vip, gold, other = services.ensure_tags(names=["VIP", "Gold", "Other"], by=BY)
    kept = saving.save_filter(
        owner=people.ana,
        name="Best",
        query=f"where=tag.is:{vip.pk},{gold.pk}|created.last:9&where=tag.is_not:{other.pk}&match=any&sort=name",
        is_shared=True,
    )

    page = client_as(people.ana).get(f"/settings/contacts/tags/{vip.pk}/").content.decode()
    services.merge_tags(tag_id=vip.pk, into_id=gold.pk, by=BY)

    assert "Filter Best" in page
    kept.refresh_from_db()
    asked = dict(QueryDict(kept.query).lists())
    assert asked == {
        "where": [f"tag.is:{gold.pk}|created.last:9", f"tag.is_not:{other.pk}"],
        "match": ["any"],
        "sort": ["name"],
    }
