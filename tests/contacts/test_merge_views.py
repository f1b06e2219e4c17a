"""The screens: suggestions, two contacts side by side, taking back, sessions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.accounts.models import Action, Area, Reach, Rights, Role
from afluente.accounts.services import create_role
from afluente.contacts import services
from afluente.contacts.models import Contact, ContactMerge, ContactTag, Field, MergeRun, PossibleDuplicate
from afluente.contacts.statements import search
from afluente.timeline.events import SYSTEM
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(people):
    one = make.contact(name="José Souza", phones=("11 98412-3307",), emails=("jose@x.example",))
    other = make.contact(name="Zé Sousa", phones=("(11) 8412-3307",), assignee=people.ana, location="Recife")
    search.index_contacts([one.pk, other.pk])
    services.look_for_duplicates()
    return one, other


def text(answer):
    return answer.content.decode()


def test_suggestions_say_why_and_lead_to_the_comparison(people, client_as, two):
    one, other = two
    page = text(client_as(people.ana).get("/contacts/duplicates/"))

    assert "José Souza" in page
    assert "Nickname or other spelling of the name" in page
    assert f'href="/contacts/{one.pk}/merge/?with={other.pk}"' in page


def test_the_address_that_starts_a_run_opens_the_page_it_belongs_to(people, client_as):
    answer = client_as(people.ana).get("/contacts/duplicates/runs/")

    assert (answer.status_code, answer.url) == (302, "/contacts/duplicates/")
    assert not MergeRun.objects.exists()


def test_the_contacts_page_says_it_quietly(people, client_as, two):
    page = text(client_as(people.ana).get(f"/contacts/{two[1].pk}/"))

    assert "Possible duplicate of" in page
    assert "+55 11 98412-3307" in page


def test_not_a_duplicate_is_remembered_and_taken_back(people, client_as, two):
    browser = client_as(people.ana)
    pair = PossibleDuplicate.objects.get()

    answer = browser.post(f"/contacts/duplicates/{pair.pk}/dismissal/", headers={"HX-Request": "true"})

    assert f"/contacts/duplicates/{pair.pk}/reopening/" in answer.headers["HX-Trigger"]
    assert "José Souza" not in text(browser.get("/contacts/duplicates/"))
    assert browser.post(f"/contacts/duplicates/{pair.pk}/reopening/").status_code == 303
    assert "José Souza" in text(browser.get("/contacts/duplicates/"))


def test_two_contacts_are_compared_and_merged_by_hand(people, client_as, two):
    one, other = two
    browser = client_as(people.ana)
    page = text(browser.get(f"/contacts/{one.pk}/merge/?with={other.pk}&choose-name={other.pk}"))
    assert "<b>Zé Sousa</b>" in page

    answer = browser.post(
        f"/contacts/{one.pk}/merge/", {"with": other.pk, "survivor": one.pk, "choose-name": other.pk}
    )

    assert answer.headers["Location"] == f"/contacts/{one.pk}/"
    one.refresh_from_db()
    assert (one.name, one.location, one.assignee_id) == ("Zé Sousa", "Recife", people.ana.pk)
    assert "merged into this contact" in text(browser.get(f"/contacts/{one.pk}/"))


def test_the_merged_ones_page_leads_to_the_survivor(people, client_as, two):
    one, other = two
    services.merge_contacts(groups=[services.Group(contact_ids=[one.pk, other.pk])], by=SYSTEM)
    browser = client_as(people.ana)

    answer = browser.get(f"/contacts/{other.pk}/", follow=True)

    assert answer.redirect_chain == [(f"/contacts/{one.pk}/", 302)]
    assert "Zé Sousa was merged into this contact" in text(answer)


def test_a_number_that_nobody_can_have_is_not_found(people, client_as):
    assert client_as(people.ana).get(f"/contacts/{2**70}/").status_code == 404


def test_a_merge_is_taken_back_on_its_page(people, client_as, two):
    one, other = two
    services.merge_contacts(groups=[services.Group(contact_ids=[one.pk, other.pk])], by=SYSTEM)
    merge = ContactMerge.objects.get()
    browser = client_as(people.ana)
    assert "Unmerge" in text(browser.get(f"/contacts/merges/{merge.pk}/"))

    answer = browser.post(f"/contacts/merges/{merge.pk}/")

    assert answer.headers["Location"] == f"/contacts/{other.pk}/"
    assert Contact.objects.present().filter(pk=other.pk).exists()
    again = browser.post(f"/contacts/merges/{merge.pk}/", follow=True)
    assert "taken back already" in text(again)


def test_what_was_changed_since_a_merge_is_named(people, client_as, two):
    one, other = two
    services.merge_contacts(groups=[services.Group(contact_ids=[one.pk, other.pk])], by=SYSTEM)
    services.change_place(contact_id=one.pk, part="location", value="Olinda", by=SYSTEM)

    page = text(client_as(people.ana).get(f"/contacts/merges/{ContactMerge.objects.get().pk}/"))

    assert "Contact changed: Location" in page


def test_who_merges_the_same_pair_second_is_told(people, client_as, two):
    one, other = two
    third = make.contact(name="José")
    browser = client_as(people.ana)
    services.merge_contacts(groups=[services.Group(contact_ids=[one.pk, other.pk])], by=SYSTEM)

    for address, wanted in ((third, other), (one, other), (other, one)):
        answer = browser.post(f"/contacts/{address.pk}/merge/", {"with": wanted.pk}, follow=True)
        assert answer.redirect_chain == [(f"/contacts/{one.pk}/", 302)]
        assert "Zé Sousa was merged into this contact" in text(answer)
    assert browser.post(f"/contacts/{third.pk}/merge/", {"with": 2**50}).status_code == 404
    assert Contact.objects.present().filter(pk=third.pk).exists()


def test_merging_needs_the_right_to_change_and_to_delete(people, client_as, two):
    one, other = two
    rights = Rights({(Area.CONTACTS, Action.VIEW): Reach.ALL, (Area.CONTACTS, Action.EDIT): Reach.ALL})
    role = create_role(name="Editors", rights=rights, by=people.ana)
    nina = make.member(name="Nina Reis")
    type(nina).objects.filter(pk=nina.pk).update(role="custom", custom_role=role)
    browser = client_as(nina)

    page = text(browser.get("/contacts/duplicates/"))

    assert "José Souza" in page
    assert "/merge/" not in page
    assert browser.post(f"/contacts/{one.pk}/merge/", {"with": other.pk}).status_code == 403
    assert browser.post("/contacts/duplicates/runs/", {"match": "email"}).status_code == 403
    assert Contact.objects.present().count() == 2


def test_who_may_change_nobody_is_not_asked_to_decide(people, client_as, two):
    browser = client_as(make.member(name="Nina Reis", role=Role.ANALYST))

    for page in ("/contacts/duplicates/", f"/contacts/{two[1].pk}/"):
        read = text(browser.get(page))
        assert "José Souza" in read
        assert "Not a duplicate" not in read
        assert f"/contacts/duplicates/{PossibleDuplicate.objects.get().pk}/" not in read


def test_the_list_of_suggestions_costs_the_same_for_one_and_for_many(people, client_as, two):
    browser = client_as(people.ana)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/contacts/duplicates/").status_code == 200
        return len(captured)

    cost()
    one = cost()
    for number in range(4):
        pair = [make.contact(name="Ana Reis", phones=(f"11 98412-330{number}",)) for _ in range(2)]
        search.index_contacts([contact.pk for contact in pair])
    services.look_for_duplicates()

    assert PossibleDuplicate.objects.count() == 5
    assert cost() == one


def step(run):
    for _ in range(20):
        services.step_run(run_id=run.pk)
    run.refresh_from_db()


def test_a_session_looks_shows_merges_tags_and_is_taken_back(people, client_as):
    browser = client_as(people.ana)
    same = [
        make.contact(name="ÂNA Costa", emails=(f"A{n}@x.example", "Ana@x.example"), phones=("11 98412-3307",))
        for n in range(3)
    ]
    make.contact(name="Rui", emails=("ana@x.example",))
    make.contact(name="ana costa", emails=("other@x.example",))
    make.contact(name="ana costa")

    answer = browser.post(
        "/contacts/duplicates/runs/", {"match": ["name", "email"], "policy": "newer", "tag": "Joined"}
    )
    run = MergeRun.objects.get()
    assert answer.headers["Location"] == f"/contacts/duplicates/runs/{run.pk}/"
    step(run)
    assert (run.state, run.groups) == ("found", [[one.pk for one in same]])
    assert Contact.objects.present().count() == 6
    page = text(browser.get(f"/contacts/duplicates/runs/{run.pk}/"))
    assert "+55 11 98412-3307" in page
    assert "2 contacts would become part of others" in page

    browser.post(f"/contacts/duplicates/runs/{run.pk}/confirmation/")
    step(run)
    assert (run.state, run.merged, run.skipped) == ("done", 2, 0)
    assert [link.contact_id for link in ContactTag.objects.all()] == [same[0].pk]
    assert "2 contacts became part of others" in text(browser.get(f"/contacts/duplicates/runs/{run.pk}/"))

    browser.post(f"/contacts/duplicates/runs/{run.pk}/undo/")
    step(run)
    assert (run.state, run.merged) == ("undone", 0)
    assert Contact.objects.present().count() == 6
    assert not ContactTag.objects.exists()


def test_a_session_names_new_fields_in_the_language_of_whoever_began_it(people):
    type(people.ana.user).objects.filter(pk=people.ana.user_id).update(language="pt-br")
    for place in ("Recife", "Santos"):
        make.contact(emails=("same@x.example",), location=place)
    run = services.begin_run(member=people.ana, conditions=["email"], policy="both", tag_id=None)
    step(run)
    services.confirm_run(run_id=run.pk)
    step(run)

    assert [field.name for field in Field.objects.all()] == ["Localização (2)"]


def test_a_session_passes_over_who_was_changed_meanwhile(people):
    one, other, third = (make.contact(emails=("same@x.example",)) for _ in range(3))
    run = services.begin_run(member=people.ana, conditions=["email"], policy="older", tag_id=None)
    step(run)
    other.emails.update(key="else@x.example")
    services.confirm_run(run_id=run.pk)
    step(run)

    assert (run.merged, run.skipped) == (1, 1)
    assert services.survivor_of(third.pk) == one.pk


def test_a_session_takes_ten_thousand_and_says_that_there_are_more(people, monkeypatch):
    monkeypatch.setattr("afluente.contacts.services.merge_runs.MOST", 4)
    for number in range(3):
        for _ in range(2):
            make.contact(phones=(f"11 98412-330{number}",))
    run = services.begin_run(member=people.ana, conditions=["phone"], policy="older", tag_id=None)
    step(run)

    assert (len(run.groups), run.is_cut) == (2, True)


def test_a_session_without_a_condition_is_refused(people, client_as):
    answer = client_as(people.ana).post("/contacts/duplicates/runs/", {"policy": "older"})

    assert answer.status_code == 422
    assert "Choose what must be equal." in text(answer)
