"""Fields on the page of a company, changed in place."""

import json

import pytest

from afluente.contacts import selectors, services
from afluente.contacts.models import Company
from afluente.kernel import clock
from afluente.timeline.events import Actor
from afluente.timeline.models import Event

pytestmark = pytest.mark.django_db
BY = Actor("system")
PART = {"HX-Request": "true"}


@pytest.fixture
def company(workspace):
    return Company.objects.create(name="Bem Viver", created_at=clock.now(), updated_at=clock.now())


def of(company):
    return selectors.held_values("company", [company.pk]).get(company.pk, {})


def test_a_field_of_a_company_is_shown_and_changed_on_its_page(people, client_as, company):
    field = services.create_field(entity="company", name="CNPJ", format="cnpj", by=BY).pk
    browser, address = client_as(people.ana), f"/companies/{company.pk}/values/{field}/"
    assert "CNPJ" in browser.get(f"/companies/{company.pk}/").content.decode()

    assert 'name="typed"' in browser.get(address, headers=PART).content.decode()
    wrong = browser.post(address, {"typed": "12.ABC.345/01DE-36", "seen": "null"}, headers=PART)
    right = browser.post(address, {"typed": "12.ABC.345/01DE-35", "seen": "null"}, headers=PART)
    stale = browser.post(address, {"typed": "11.222.333/0001-81", "seen": "null"}, headers=PART)

    assert (wrong.status_code, right.status_code) == (422, 200)
    assert "12.ABC.345/01DE-35" in right.content.decode()
    assert (stale.status_code, of(company)) == (422, {field: "12ABC34501DE35"})
    event = Event.objects.filter(kind="company.changed").first()
    assert event.data["field:CNPJ"] == ["", "12.ABC.345/01DE-35"]
    browser.post(json.loads(right["HX-Trigger"])["af:toast"]["undo"])
    assert of(company) == {}


def test_a_field_of_contacts_is_none_of_a_company(people, client_as, company):
    field = services.create_field(name="CNPJ", by=BY).pk

    assert client_as(people.ana).get(f"/companies/{company.pk}/values/{field}/").status_code == 404
