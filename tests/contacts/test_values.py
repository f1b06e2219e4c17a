"""What contacts have in their fields: set for one, for many, taken back (SP-095, SP-158)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import selectors, services
from afluente.contacts.models import Contact
from afluente.kernel import clock
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
BY = Actor("member", 1, "Ana Souza")
SOURCE = Actor("source", 1, "Site")
KINDS = ("text", "number", "moment", "link", "checkbox", "select", "multiselect")


@pytest.fixture
def fields(workspace):
    """One of each kind, by kind."""
    for kind in KINDS:
        options = ["Um", "Dois", "Três"] if kind.endswith("select") else ()
        services.create_field(name=kind.capitalize(), kind=kind, options=options, by=BY)
    return {field.kind: field for field in selectors.fields_of("contact")}


def sample(fields):
    values = [
        "olá",
        Decimal("1234.5"),
        dt.datetime(2026, 11, 21, 17, 30, tzinfo=dt.UTC),
        "https://e.com",
        True,
    ]
    chosen = [(fields["select"].options[1].id,), tuple(one.id for one in fields["multiselect"].options[:2])]
    return {fields[kind].id: value for kind, value in zip(KINDS, [*values, *chosen], strict=True)}


def of(contact):
    return selectors.held_values("contact", [contact.pk]).get(contact.pk, {})


def changes(contact):
    return list(Event.objects.filter(contact_id=contact.pk).order_by("pk").values_list("data", flat=True))


def test_every_kind_is_kept_and_shown(fields):
    contact = make.contact()

    services.set_values(contact_ids=[contact.pk], values=sample(fields), by=BY)

    assert of(contact) == sample(fields)
    shown = selectors.values_of([contact.pk], [field.id for field in fields.values()])[contact.pk]
    assert list(shown.values()) == [
        "olá", "1.234,5", "21 Nov, 14:30", "https://e.com", "Yes", "Dois", "Um, Dois",
    ]  # fmt: skip


def test_one_event_says_before_and_after_by_name(fields):
    contact = make.contact()
    services.set_values(contact_ids=[contact.pk], values={fields["number"].id: Decimal(3)}, by=BY)

    services.change_value(contact_id=contact.pk, field_id=fields["number"].id, value=Decimal(4), by=BY)

    told = changes(contact)[1]
    assert told == {"field:Number": ["3", "4"], "values": {str(fields["number"].id): ["3", "4"]}}


def test_the_same_value_is_no_change(fields):
    contact = make.contact()
    services.set_values(contact_ids=[contact.pk], values=sample(fields), by=BY)

    assert services.set_values(contact_ids=[contact.pk], values=sample(fields), by=BY) == []


def test_many_contacts_cost_as_many_statements_as_one(fields):
    contacts = [make.contact().pk for _ in range(5)]
    selectors.home()

    def cost(ids, number):
        with CaptureQueriesContext(connection) as queries:
            services.set_values(contact_ids=ids, values=sample(fields) | {fields["number"].id: number}, by=BY)
        return len(queries)

    assert cost(contacts[:1], Decimal(1)) == cost(contacts, Decimal(2))
    assert len(selectors.held_values("contact", contacts)) == 5


def test_values_of_many_are_one_query(fields, django_assert_num_queries):
    contacts = [make.contact().pk for _ in range(3)]
    services.set_values(contact_ids=contacts, values=sample(fields), by=BY)

    with django_assert_num_queries(1):
        assert len(selectors.values_of(contacts, list(sample(fields)))) == 3


def test_a_value_changed_meanwhile_is_not_overwritten(fields):
    contact, number = make.contact(), fields["number"].id
    services.set_values(contact_ids=[contact.pk], values={number: Decimal(5)}, by=BY)

    with pytest.raises(services.ChangedMeanwhileError, match="5"):
        services.change_value(
            contact_id=contact.pk, field_id=number, value=Decimal(4), by=BY, seen=selectors.mark(Decimal(3))
        )

    assert of(contact) == {number: Decimal(5)}


def test_two_people_may_change_different_fields(fields):
    contact, nothing = make.contact(), selectors.mark(None)

    for kind in ("number", "text"):
        value = sample(fields)[fields[kind].id]
        services.change_value(
            contact_id=contact.pk, field_id=fields[kind].id, value=value, by=BY, seen=nothing
        )

    assert len(of(contact)) == 2


def test_a_required_field_is_not_emptied_by_a_person(fields):  # Q21
    contact, number = make.contact(), fields["number"].id
    services.set_values(contact_ids=[contact.pk], values={number: Decimal(5)}, by=BY)
    services.change_field(field_id=number, changes={"is_required": True}, by=BY)

    with pytest.raises(services.ValueRefusedError, match=r"^Number: "):
        services.change_value(contact_id=contact.pk, field_id=number, value=None, by=BY)
    assert of(contact) == {number: Decimal(5)}

    services.change_value(contact_id=contact.pk, field_id=number, value=None, by=SOURCE)
    assert of(contact) == {}


def test_a_change_is_taken_back_as_far_as_nobody_changed_it_again(fields):
    one, two = make.contact(), make.contact()
    services.set_values(contact_ids=[one.pk, two.pk], values={fields["number"].id: Decimal(1)}, by=BY)
    events = services.set_values(contact_ids=[one.pk, two.pk], values=sample(fields), by=BY)
    services.change_value(contact_id=two.pk, field_id=fields["text"].id, value="novo", by=BY)

    services.undo_changes(event_ids=events, by=BY)

    assert of(one) == {fields["number"].id: Decimal(1)}
    assert of(two) == {fields["number"].id: Decimal(1), fields["text"].id: "novo"}


def test_location_and_address_change_and_come_back(workspace):
    contact = make.contact(location="Pinheiros")
    services.change_place(contact_id=contact.pk, part="location", value=" Moema ", by=BY)
    with pytest.raises(services.ChangedMeanwhileError, match="Moema"):
        services.change_place(contact_id=contact.pk, part="location", value="Sé", by=BY, seen="Pinheiros")

    event = Event.objects.get(contact_id=contact.pk)
    assert (event.data, services.undo_changes(event_ids=[event.pk], by=BY)) == (
        {"location": ["Pinheiros", "Moema"]},
        1,
    )
    contact.refresh_from_db()
    assert contact.location == "Pinheiros"


def test_gone_contacts_and_archived_fields_are_passed_over(fields):
    gone, present = make.contact(deleted_at=clock.now()), make.contact()
    services.set_field_state(field_id=fields["text"].id, state="archived", by=BY)

    events = services.fill_values(given=dict.fromkeys([gone.pk, present.pk], sample(fields)), by=SOURCE)

    assert (len(events), of(gone), len(of(present))) == (1, {}, 6)
    assert Contact.objects.get(pk=present.pk).updated_at > present.created_at
    with pytest.raises(services.FieldGoneError):
        services.change_value(contact_id=present.pk, field_id=fields["text"].id, value="a", by=BY)


def test_programs_read_values_as_json(fields):
    contact = make.contact()
    services.set_values(contact_ids=[contact.pk], values=sample(fields), by=BY)

    values = [one["value"] for one in selectors.attributes("contact", [contact.pk])[contact.pk]]

    assert values == [
        "olá", 1234.5, "2026-11-21T17:30:00+00:00", "https://e.com", True, "Dois", ["Um", "Dois"],
    ]  # fmt: skip
