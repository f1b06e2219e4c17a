"""Settings, Contacts, Fields (SP-224): made, ordered, changed, hidden, put away, deleted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import selectors, services
from afluente.contacts.models import Field, FieldTab
from afluente.kernel import slots
from afluente.timeline.events import Actor
from tests import make

pytestmark = pytest.mark.django_db
BY = Actor("system")
LIST = "/settings/contacts/fields/"


@pytest.fixture
def browser(people, client_as):
    return client_as(people.dora)


def create(name="Unidades", kind="number", **more):
    return services.create_field(name=name, kind=kind, by=BY, **more)


def names(entity="contact"):
    return [field.name for field in selectors.fields_of(entity)]


def test_a_field_is_made_with_everything_about_it(browser):
    tab = services.save_tab(tab_id=None, name="Contrato", by=BY)
    values = {"name": "CNPJ", "kind": "text", "format": "cnpj", "is_required": "on", "tab_id": tab.pk}

    assert browser.post(LIST, values).status_code == 303

    (field,) = selectors.fields_of("contact")
    assert (field.name, field.format, field.is_required, field.is_on_card, field.tab) == (
        "CNPJ",
        "cnpj",
        True,
        False,
        "Contrato",
    )
    assert "CNPJ" in browser.get(LIST).content.decode()


def test_companies_have_fields_of_their_own(browser):
    browser.post(f"{LIST}?of=company", {"name": "Porte", "kind": "text", "is_on_card": "on"})

    assert (names(), names("company")) == ([], ["Porte"])
    assert "Porte" in browser.get(f"{LIST}?of=company").content.decode()
    assert "Porte" not in browser.get(LIST).content.decode()


def test_a_refused_field_stays_in_its_dialog(browser):
    create()

    answer = browser.post(LIST, {"name": "unidades", "kind": "text"})

    assert (answer.status_code, names()) == (422, ["Unidades"])
    assert "called unidades already" in answer.content.decode()


def test_fields_are_ordered_by_dragging_and_by_keys(browser):
    ids = [create(name).pk for name in ("A", "B", "C")]

    browser.post(LIST, {"order": f"{ids[2]},{ids[0]},{ids[1]}"})
    assert names() == ["C", "A", "B"]

    browser.post(LIST, {"down": ids[2]})
    assert names() == ["A", "C", "B"]

    browser.post(LIST, {"up": ids[1]})
    assert names() == ["A", "B", "C"]


def test_a_field_is_renamed_and_its_type_is_fixed_once_used(browser):
    field = create()
    address = f"{LIST}{field.pk}/"
    assert 'name="kind"' in browser.get(address).content.decode()
    services.set_values(contact_ids=[make.contact().pk], values={field.pk: 4}, by=BY)

    assert 'name="kind"' not in browser.get(address).content.decode()
    assert browser.post(address, {"name": "Filiais", "kind": "text", "is_on_card": "on"}).status_code == 303

    assert Field.objects.filter(name="Filiais", kind="number", is_on_card=True).exists()


def test_choices_are_edited_line_by_line(browser):
    field = create("Segmento", "select", options=["Saúde", "Moda"])
    first, second = selectors.fields_of("contact")[0].options
    lines = {
        "option": [second.id, first.id],
        "label": ["Moda", "Saúde e bem-estar"],
        "color": ["", ""],
        "archived": ["", ""],
    }
    address = f"{LIST}{field.pk}/options/"

    drawn = browser.post(address, lines | {"add": "1"}).content.decode()
    assert (drawn.count('name="label"'), "Not saved yet" in drawn) == (3, True)
    assert browser.post(address, lines | {"drop": "0"}).content.decode().count('name="label"') == 1
    assert [one.label for one in selectors.fields_of("contact")[0].options] == ["Saúde", "Moda"]

    assert browser.post(address, lines).status_code == 303
    assert [one.label for one in selectors.fields_of("contact")[0].options] == ["Moda", "Saúde e bem-estar"]

    lines["label"] = ["Moda", "moda"]
    refused = browser.post(address, lines)
    assert (refused.status_code, "twice" in refused.content.decode()) == (422, True)


def test_a_field_is_hidden_put_away_and_brought_back(browser):
    field = create()

    for state in ("hidden", "archived", "active"):
        assert browser.post(f"{LIST}{field.pk}/state/", {"state": state}).status_code == 303
        assert Field.objects.get().state == state
        assert "Unidades" in browser.get(LIST).content.decode()
    assert browser.post(f"{LIST}{field.pk}/state/", {"state": "gone"}).status_code == 404


def test_deleting_first_says_where_it_is_used(browser):
    field = create()
    services.set_values(contact_ids=[make.contact().pk for _ in range(2)], values={field.pk: 4}, by=BY)

    def source(field):
        return [selectors.FieldUse(what="Filter Clínicas", url="/contacts/")]

    slots.register_slot("field.uses", source)
    try:
        asked = browser.get(f"{LIST}{field.pk}/deletion/").content.decode()
    finally:
        slots._sources["field.uses"].remove(source)

    assert "2 values go with it" in asked
    assert "Filter Clínicas" in asked
    assert browser.post(f"{LIST}{field.pk}/deletion/").status_code == 303
    assert names() == []


def test_headings_are_made_named_and_deleted(browser):
    browser.post("/settings/contacts/headings/", {"name": "Contrato"})
    tab = FieldTab.objects.get()
    create(tab_id=tab.pk)

    browser.post(f"/settings/contacts/headings/{tab.pk}/", {"name": "Contratos"})
    assert selectors.fields_of("contact")[0].tab == "Contratos"
    assert browser.post("/settings/contacts/headings/", {"name": "contratos"}).status_code == 422

    browser.post(f"/settings/contacts/headings/{tab.pk}/", {"delete": "1"})
    assert (FieldTab.objects.count(), names()) == (0, ["Unidades"])


def test_only_who_configures_may_enter(people, client_as):
    field = create()
    browser = client_as(people.bruno)

    for address in (
        LIST,
        f"{LIST}{field.pk}/",
        f"{LIST}{field.pk}/deletion/",
        "/settings/contacts/headings/",
    ):
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"name": "X", "kind": "text"}).status_code == 404
    assert browser.post(f"{LIST}{field.pk}/state/", {"state": "hidden"}).status_code == 404
    assert names() == ["Unidades"]


def test_the_list_costs_the_same_queries_for_one_field_and_for_three(browser):
    def cost():
        browser.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST)
        return len(queries)

    create("Um")
    one = cost()
    create("Dois", "select", options=["a", "b"])
    create("Três", "multiselect", options=["a", "b"])

    assert cost() == one


def test_headings_are_put_into_order(people, client_as):
    browser = client_as(people.ana)
    for name in ("Contract", "Family", "House"):
        browser.post("/settings/contacts/headings/", {"name": name})
    contract, family, house = selectors.tabs_of()

    browser.post("/settings/contacts/headings/", {"up": house.pk})
    assert [tab.name for tab in selectors.tabs_of()] == ["Contract", "House", "Family"]
    browser.post("/settings/contacts/headings/", {"order": f"{family.pk},{house.pk},{contract.pk}"})
    assert [tab.name for tab in selectors.tabs_of()] == ["Family", "House", "Contract"]

    assert client_as(people.bruno).post("/settings/contacts/headings/", {"up": house.pk}).status_code == 404


def test_a_field_without_values_is_renamed(browser):
    field = create("Origin", "text")

    answer = browser.post(f"{LIST}{field.pk}/", {"name": "From", "kind": "text"})

    assert answer.status_code == 303
    assert names() == ["From"]
