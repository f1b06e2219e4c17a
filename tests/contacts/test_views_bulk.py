"""Picked contacts through the screens: asked, looked at, done, taken back; deleted and brought back."""

import re

import pytest

from afluente.contacts import selectors, services
from afluente.contacts.models import BulkChange, Company, Contact, ContactTag, Tag
from afluente.contacts.services import bulk
from afluente.contacts.statements import search
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make
from tests.contacts.test_values import fields, sample

__all__ = ["fields"]  # a fixture
pytestmark = pytest.mark.django_db
URL = "/contacts/bulk/"
BY = Actor("member", 1, "Ana Souza")


@pytest.fixture
def browser(people, client_as):
    return client_as(people.ana)


@pytest.fixture
def three(people):
    found = [make.contact(name=f"Lia {n}", assignee=people.bruno if n else None) for n in range(3)]
    search.index_contacts([one.pk for one in found])
    return [one.pk for one in found]


def words(answer):
    return answer.content.decode()


def test_nobody_picked_is_said(browser):
    answer = browser.post(URL, {"do": "edit"}, follow=True)

    assert "Pick contacts first" in words(answer)


@pytest.mark.parametrize(
    "what",
    ["", "assignee", "tags", "company", "first_name", "location", "address", "delete", "field-0", "nonsense"],
)
def test_every_form_is_drawn(browser, three, what):
    answer = browser.post(URL, {"do": f"edit:{what}", "id": three})

    assert (answer.status_code, "3 contacts are picked" in words(answer)) == (200, True)


def test_what_it_would_do_is_said_before(people, browser, three):
    form = {
        "do": "preview",
        "ids": ",".join(map(str, three)),
        "what": "assignee",
        "typed": str(people.bruno.pk),
    }

    page = words(browser.post(URL, form))

    assert "1 contact changes" in page
    assert '<div role="status"><ul' in page
    assert "2 have this already" in page
    assert "Lia 0" in page
    assert "Change 1 contact" in page
    assert Contact.objects.filter(assignee=people.bruno).count() == 2


def test_a_change_is_done_and_taken_back(people, browser, three):
    form = {
        "do": "run",
        "ids": ",".join(map(str, three)),
        "what": "location",
        "typed": "Campinas",
        "back": "sort=name",
    }

    answer = browser.post(URL, form)
    done = BulkChange.objects.get()

    assert (answer.status_code, answer.url) == (302, "/contacts/?sort=name")
    assert set(Contact.objects.values_list("location", flat=True)) == {"Campinas"}
    assert f"/contacts/bulk/{done.pk}/undo/" in words(browser.get(answer.url))
    assert browser.post(f"{URL}{done.pk}/undo/").status_code == 302
    assert set(Contact.objects.values_list("location", flat=True)) == {""}
    assert browser.post(f"{URL}{done.pk}/undo/").status_code == 404


def test_every_kind_of_field_is_set_by_the_form(people, browser, three, fields):
    options = fields["multiselect"].options
    typed = {
        "text": {"typed": "olá"},
        "number": {"typed": "1.234,5"},
        "moment": {"typed": "2026-11-21", "time": "14:30"},
        "link": {"typed": "https://e.com"},
        "checkbox": {"typed": "1"},
        "select": {"typed": f"#{fields['select'].options[1].id}"},
        "multiselect": {"typed": [f"#{one.id}" for one in options[:2]], "op": "set"},
    }
    for kind, values in typed.items():
        browser.post(URL, {"do": "run", "id": three, "what": f"field-{fields[kind].id}", **values})

    for held in selectors.held_values("contact", three).values():
        assert held == sample(fields)
    remove = {"typed": [f"#{options[0].id}"], "op": "remove"}
    browser.post(URL, {"do": "run", "id": three, "what": f"field-{fields['multiselect'].id}", **remove})
    held = selectors.held_values("contact", three)
    assert {values[fields["multiselect"].id] for values in held.values()} == {(options[1].id,)}


@pytest.mark.parametrize(
    "form",
    [
        {"what": "assignee", "typed": "999999"},
        {"what": "tags", "op": "add"},
        {"what": "number", "typed": "x"},
        {"what": "required", "typed": ""},
        {"what": "multiselect", "op": "add"},
        {"what": "field-999", "typed": "x"},
        {"what": ""},
    ],
)
def test_what_cannot_be_is_refused_in_words(browser, three, fields, form):
    services.change_field(field_id=fields["text"].id, changes={"is_required": True}, by=BY)
    kinds = {kind: f"field-{field.id}" for kind, field in fields.items()} | {
        "required": f"field-{fields['text'].id}"
    }
    asked = form | {"what": kinds.get(form["what"], form["what"]), "id": three}

    answer = browser.post(URL, asked | {"do": "run"})

    assert (answer.status_code, 'role="status"' in words(answer)) == (200, True)
    assert not BulkChange.objects.exists()


def test_whom_a_role_may_not_change_is_said(people, client_as, three):
    Contact.objects.filter(pk__in=three).update(assignee=people.carla)
    mine = make.contact(assignee=people.bruno)

    page = words(
        client_as(people.bruno).post(
            URL, {"do": "preview", "id": [*three, mine.pk], "what": "location", "typed": "x"}
        )
    )

    assert "1 contact is picked" in page


def test_many_run_in_the_background_and_say_how_far(people, browser, three, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 2)
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    answer = browser.post(
        URL, {"do": "run", "all": "1", "query": "", "except": three[0], "what": "location", "typed": "Recife"}
    )
    done = BulkChange.objects.get()

    assert answer.url == f"/contacts/bulk/{done.pk}/"
    assert "0 of 2" in words(browser.get(answer.url))
    while bulk.run_batch(bulk_id=done.pk):
        pass
    assert "Changed 2 contacts" in words(browser.get(answer.url))
    assert "Location: Recife" in words(browser.get(URL))


def test_somebody_elses_change_is_not_there(people, browser, client_as, three):
    browser.post(URL, {"do": "run", "id": three, "what": "location", "typed": "Campinas"})
    done = BulkChange.objects.get()

    dora = client_as(people.dora)
    assert dora.get(f"{URL}{done.pk}/").status_code == 404
    assert dora.post(f"{URL}{done.pk}/undo/").status_code == 404
    assert "Campinas" not in words(dora.get(URL))


def test_tags_are_given_and_taken_off_by_the_form(browser, three):
    tag = services.create_tag(name="VIP", by=BY).pk

    browser.post(URL, {"do": "run", "id": three, "what": "tags", "op": "add", "tag": tag})
    assert ContactTag.objects.count() == 3
    browser.post(URL, {"do": "run", "id": three[:1], "what": "tags", "op": "remove", "tag": tag})
    assert ContactTag.objects.count() == 2


def test_a_contact_is_deleted_said_and_brought_back(people, browser, three):
    page = words(browser.get(f"/contacts/{three[0]}/deletion/"))
    assert "Their deals stay" in page

    browser.post(f"/contacts/{three[0]}/deletion/")
    assert browser.get(f"/contacts/{three[0]}/").status_code in {404, 410}
    assert "Lia 0" in words(browser.get("/contacts/deleted/"))
    assert "Lia 0" not in words(browser.get("/contacts/?q=lia"))

    browser.post(f"/contacts/{three[0]}/restoration/")
    assert browser.get(f"/contacts/{three[0]}/").status_code == 200
    assert "Lia 0" in words(browser.get("/contacts/?q=lia"))
    assert "Nobody is deleted" in words(browser.get("/contacts/deleted/"))
    kinds = Event.objects.filter(contact_id=three[0]).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["contact.deleted", "contact.restored"]


def test_who_may_not_delete_is_not_offered_it(people, client_as, three):
    Contact.objects.filter(pk=three[0]).update(assignee=people.carla)
    bruno = client_as(people.bruno)

    assert bruno.post(f"/contacts/{three[0]}/deletion/").status_code == 403
    assert Contact.objects.get(pk=three[0]).deleted_at is None


def test_the_deleted_are_read_page_by_page(people, browser, monkeypatch, three):
    from afluente.contacts.selectors import deleted

    monkeypatch.setattr(deleted, "PAGE", 2)
    browser.post(URL, {"do": "run", "id": three, "what": "delete"})

    first = browser.get("/contacts/deleted/")
    second = browser.get(f"/contacts/deleted/?after={first.context['more']}")

    assert [len(page.context["rows"]) for page in (first, second)] == [2, 1]
    assert second.context["more"] is None


def test_a_tag_that_is_missing_is_made_and_ticked(browser, three):
    form = {"do": "make", "id": three, "what": "tags", "op": "add", "new_tag": "Feira 2026"}

    page = words(browser.post(URL, form))

    tag = Tag.objects.get(name="Feira 2026")
    assert re.search(rf'name="tag" value="{tag.pk}" checked', page)
    assert "3 contacts change" in page
    assert not ContactTag.objects.exists()
    assert "Write a name" in words(browser.post(URL, form | {"new_tag": " "}))


def test_many_are_put_into_a_company_that_is_made_on_the_way(browser, three):
    form = {"id": three, "what": "company", "op": "add", "typed": "Padaria Sol", "position": "Chefe"}

    page = words(browser.post(URL, form | {"do": "preview"}))
    assert "There is no company called Padaria Sol" in page
    assert not Company.objects.exists()
    assert 'value="make"' in page

    page = words(browser.post(URL, form | {"do": "make"}))
    assert "3 contacts change" in page
    assert "Padaria Sol, Chefe" in page

    browser.post(URL, form | {"do": "run"})
    company = Company.objects.get()
    assert set(company.links.values_list("contact_id", "position")) == {(one, "Chefe") for one in three}
    assert "Company: + Padaria Sol, Chefe" in words(browser.get(URL))

    browser.post(URL, form | {"do": "run", "op": "remove", "typed": "padaria SOL"})
    assert not company.links.exists()


def test_a_part_of_a_name_is_changed_and_never_emptied(browser, three):
    form = {"id": three, "what": "last_name", "do": "preview", "typed": "\u202e "}
    assert "Write what it becomes." in words(browser.post(URL, form))

    browser.post(URL, form | {"do": "run", "typed": "Prado"})

    assert {one.name for one in Contact.objects.all()} == {"Lia Prado"}
