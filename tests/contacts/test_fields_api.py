"""Fields and their values for other programs."""

import json

import pytest
from django.test import Client

from afluente.accounts import services as accounts
from afluente.contacts import selectors, services
from afluente.timeline.events import Actor
from tests import cast, make

pytestmark = pytest.mark.django_db
BY = Actor("system")
SCOPES = ["contacts:read", "contacts:write"]


class Api:
    def __init__(self, member):
        _, self.token = accounts.create_token(name="ERP", scopes=SCOPES, by=member)

    def ask(self, method, path, **body):
        client, more = Client(headers={"authorization": f"Bearer {self.token}"}), {}
        if method in {"post", "patch"}:
            more = {"data": json.dumps(body), "content_type": "application/json"}
        with cast.outside():
            answer = getattr(client, method)(f"/api/v1{path}", **more)
        selectors.forget_fields()
        return answer.status_code, json.loads(answer.content) if answer.content else None


@pytest.fixture
def api(people):
    return Api(people.ana)


def create(name="Unidades", kind="number", **more):
    return services.create_field(name=name, kind=kind, by=BY, **more)


def values(contact):
    return {one["name"]: one["value"] for one in contact["attributes"]}


def test_fields_are_made_read_changed_ordered_and_deleted(api):
    status, made = api.ask("post", "/fields", name="Segmento", kind="select", options=["Saúde", "Moda"])
    _, other = api.ask("post", "/fields", name="CNPJ", format="cnpj")
    assert (status, made["kind"], [one["label"] for one in made["options"]]) == (
        201,
        "select",
        ["Saúde", "Moda"],
    )

    changed = api.ask("patch", f"/fields/{made['id']}", name="Setor", options=["Moda", "TI"], state="hidden")[
        1
    ]
    assert (changed["name"], changed["state"], [one["label"] for one in changed["options"]]) == (
        "Setor",
        "hidden",
        ["Moda", "TI"],
    )
    assert changed["options"][0]["id"] == made["options"][1]["id"]

    ordered = api.ask("post", "/fields/order", fields=[other["id"], made["id"]])[1]
    assert [one["name"] for one in ordered["items"]] == ["CNPJ", "Setor"]
    assert api.ask("get", f"/fields/{other['id']}")[1]["format"] == "cnpj"

    assert api.ask("delete", f"/fields/{other['id']}")[0] == 204
    assert api.ask("get", f"/fields/{other['id']}")[0] == 404
    assert [one["name"] for one in api.ask("get", "/fields")[1]["items"]] == ["Setor"]


def test_what_cannot_be_is_refused_with_the_place(api):
    create()

    status, answer = api.ask("post", "/fields", name="unidades")
    assert (status, answer["error"]["field"]) == (422, "name")
    assert api.ask("post", "/fields", name="A", kind="select")[0] == 422
    assert api.ask("post", "/fields", name="A", color=3)[0] == 422


def test_a_contact_comes_with_its_attributes(api):
    create()
    create("Áreas", "multiselect", options=["Um", "Dois"])

    status, made = api.ask(
        "post",
        "/contacts",
        first_name="Lia",
        location="Sé",
        attributes={"unidades": 4, "Áreas": ["Dois", "um"]},
    )

    assert (status, made["location"], values(made)) == (201, "Sé", {"Unidades": 4, "Áreas": ["Um", "Dois"]})
    assert values(api.ask("get", f"/contacts/{made['id']}")[1]) == values(made)


def test_attributes_are_changed_by_number_or_name_and_others_stay(api):
    field, contact = create(), make.contact()
    create("Nota", "text")

    _, first = api.ask("patch", f"/contacts/{contact.pk}", attributes={"Nota": "a"}, address="Rua A")
    _, second = api.ask("patch", f"/contacts/{contact.pk}", attributes={str(field.pk): "1.234,5"})

    assert (values(first), first["address"]) == ({"Unidades": None, "Nota": "a"}, "Rua A")
    assert values(second) == {"Unidades": 1234.5, "Nota": "a"}
    _, third = api.ask("patch", f"/contacts/{contact.pk}", attributes={"Nota": None})
    assert values(third)["Nota"] is None


def test_a_bad_attribute_changes_nothing(api):
    create()
    contact = make.contact(name="Lia Prado")

    status, answer = api.ask(
        "patch", f"/contacts/{contact.pk}", first_name="Bia", attributes={"Unidades": "quatro"}
    )

    assert (status, answer["error"]["field"]) == (422, "attributes.Unidades")
    assert api.ask("get", f"/contacts/{contact.pk}")[1]["first_name"] == "Lia"
    assert api.ask("patch", f"/contacts/{contact.pk}", attributes={"Moda": 1})[0] == 422


def test_programs_may_leave_required_fields_empty(api):  # Q21
    create(is_required=True)

    assert api.ask("post", "/contacts", first_name="Lia")[0] == 201


def test_only_who_configures_changes_fields(people):
    field, api = create(), Api(people.bruno)

    assert api.ask("get", "/fields")[0] == 200
    assert api.ask("post", "/fields", name="A")[0] == 403
    assert api.ask("patch", f"/fields/{field.pk}", name="A")[0] == 403
    assert api.ask("delete", f"/fields/{field.pk}")[0] == 403
    assert selectors.fields_of("contact")[0].name == "Unidades"
