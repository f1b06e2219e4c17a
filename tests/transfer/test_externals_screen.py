"""Numbers in other systems on a contact's page, whom one import brought, and where these pages stand."""

from __future__ import annotations

import pytest

from afluente.accounts.models import Action, Area, Membership, Reach, Rights
from afluente.accounts.services import create_role
from afluente.contacts.statements.search import index_contacts
from afluente.kernel import clock
from afluente.transfer.models import ExternalId, Import, ImportRow
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lia(people):
    return make.contact(name="Lia Prado", assignee=people.ana)


def ids(contact):
    return list(ExternalId.objects.filter(contact_id=contact.pk).values_list("system", "value"))


def test_a_number_is_said_shown_replaced_and_told(client_as, people, lia):
    ana, url = client_as(people.ana), f"/contacts/{lia.pk}/external-ids/"

    first = ana.post(url, {"system": "Shop", "value": "C-17"})
    part = ana.post(url, {"system": "Shop", "value": "C-18"}, headers={"HX-Request": "true"})

    assert (first.status_code, first["Location"]) == (302, f"/contacts/{lia.pk}/")
    assert ids(lia) == [("Shop", "C-18")]
    assert "C-18" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "C-18" in ana.get(f"/contacts/{lia.pk}/").content.decode()


def test_a_number_is_taken_away_with_a_way_back(client_as, people, lia):
    ana, url = client_as(people.ana), f"/contacts/{lia.pk}/external-ids/"
    ana.post(url, {"system": "Shop", "value": "C-17"})

    gone = ana.post(f"{url}removal/", {"system": "Shop", "value": "C-17"}, headers={"HX-Request": "true"})
    assert ids(lia) == []
    ana.post(f"{url}?system=Shop&value=C-17")

    assert f"{url}?system=Shop" in gone["HX-Trigger"].replace("\\u0026", "&")
    assert ids(lia) == [("Shop", "C-17")]


@pytest.mark.parametrize(
    ("value", "said"),
    [("C-17", "Another contact has this number in this system."), ("  ", "Name the system and the number.")],
)
def test_what_cannot_be_kept_is_said_beside_what_was_typed(client_as, people, lia, value, said):
    other = make.contact(name="Rui")
    ExternalId.objects.create(system="Shop", value="C-17", contact_id=other.pk)
    url = f"/contacts/{lia.pk}/external-ids/"

    answers = [
        client_as(people.ana).post(url, {"system": "Shop", "value": value}, headers=headers)
        for headers in ({}, {"HX-Request": "true"})
    ]

    for answer in answers:
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert 'value="Shop"' in answer.content.decode()
    assert ids(lia) == []


def test_who_may_only_look_reads_them(client_as, people, lia):
    ExternalId.objects.create(system="Shop", value="C-17", contact_id=lia.pk)
    rights = Rights({(Area.CONTACTS, Action.VIEW): Reach.ALL})
    role = create_role(name="Looks", rights=rights, by=people.ana)
    Membership.objects.filter(pk=people.bruno.pk).update(
        role="custom", custom_role=role, contacts_reach=Reach.ALL
    )
    bruno = client_as(Membership.objects.select_related("user", "workspace").get(pk=people.bruno.pk))

    page = bruno.get(f"/contacts/{lia.pk}/").content.decode()
    answer = bruno.post(f"/contacts/{lia.pk}/external-ids/", {"system": "Shop", "value": "C-18"})

    assert "C-17" in page
    assert f"/contacts/{lia.pk}/external-ids/" not in page
    assert (answer.status_code, ids(lia)) == (403, [("Shop", "C-17")])


def test_the_list_shows_whom_one_import_brought_or_changed(client_as, people):
    lia, rui, eva = (make.contact(name=name, source="import") for name in ("Lia", "Rui", "Eva"))
    index_contacts([lia.pk, rui.pk, eva.pk])
    made = [Import.objects.create(name=f"{n}.csv", member=people.ana, created_at=clock.now()) for n in "ab"]
    for number, (batch, contact, outcome) in enumerate(
        [(made[0], lia, "created"), (made[0], eva, "skipped"), (made[1], rui, "updated")]
    ):
        ImportRow.objects.create(batch=batch, number=number, outcome=outcome, contact_id=contact.pk)
    ana = client_as(people.ana)

    def found(query):
        page = ana.get(f"/contacts/?where={query}").content.decode()
        return [name for name in ("Lia", "Rui", "Eva") if f">{name}<" in page]

    assert found(f"import.is:{made[0].pk}") == ["Lia"]
    assert found(f"import.is:{made[0].pk},{made[1].pk}") == ["Lia", "Rui"]
    assert found(f"import.is_not:{made[1].pk}") == ["Lia", "Eva"]
    assert found("import.is:999999") == []
    assert "This import is no longer here." in ana.get("/contacts/?where=import.is:999999").content.decode()


def test_imports_of_which_somebody_sees_nothing_are_not_named_to_them(client_as, people):
    Import.objects.create(name="Secret list.csv", member=people.ana, created_at=clock.now())
    rights = Rights({(Area.CONTACTS, Action.VIEW): Reach.ALL})
    role = create_role(name="Looks", rights=rights, by=people.ana)
    Membership.objects.filter(pk=people.bruno.pk).update(
        role="custom", custom_role=role, contacts_reach=Reach.ALL
    )
    bruno = client_as(Membership.objects.select_related("user", "workspace").get(pk=people.bruno.pk))
    data = {"name-0-0": "import", "op-0-0": "is", "do": "redraw"}

    assert "Secret list.csv" in client_as(people.ana).post("/contacts/filter/", data).content.decode()
    assert "Secret list.csv" not in bruno.post("/contacts/filter/", data).content.decode()


@pytest.mark.parametrize("page", ["/imports/", "/exports/"])
def test_imports_and_exports_stand_in_the_menu_of_the_settings(client_as, people, page):
    html = client_as(people.ana).get(page).content.decode()

    assert '<nav class="nav inset desk" aria-label="Settings">' in html
    assert f'<a href="{page}" aria-current="page">' in html
