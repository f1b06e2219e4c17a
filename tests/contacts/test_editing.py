"""Changing a contact: one event each, nothing lost, nobody overwritten unawares."""

import pytest

from afluente.contacts import services
from afluente.contacts.models import ContactEmail, ContactPhone, PossibleDuplicate
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
BY = Actor("system")


def events(contact):
    return list(Event.objects.filter(contact_id=contact.pk).order_by("pk").values_list("kind", "data"))


def mains(contact):
    return list(ContactEmail.objects.filter(contact=contact, is_primary=True).values_list("email", flat=True))


def add(contact, kind, typed, **more):
    address = services.NewAddress(kind, typed, **more)
    return services.add_address(contact_id=contact.pk, address=address, by=BY)


def test_renaming_writes_before_and_after(workspace):
    contact = make.contact(name="Lia Prado")

    services.rename_contact(contact_id=contact.pk, first_name=" Lia ", last_name="Prado Lima", by=BY)

    contact.refresh_from_db()
    assert contact.name == "Lia Prado Lima"
    assert events(contact) == [("contact.changed", {"last_name": ["Prado", "Prado Lima"]})]


def test_renaming_to_the_same_is_no_event(workspace):
    contact = make.contact(name="Lia Prado")

    services.rename_contact(contact_id=contact.pk, first_name="Lia", last_name="Prado", by=BY)

    assert events(contact) == []


def test_a_name_changed_meanwhile_is_not_overwritten(workspace):
    contact = make.contact(name="Lia Prado")

    with pytest.raises(services.ChangedMeanwhileError, match="Lia Prado"):
        services.rename_contact(
            contact_id=contact.pk, first_name="Bia", last_name="", by=BY, seen=("Lia", "Pardo")
        )

    contact.refresh_from_db()
    assert (contact.name, events(contact)) == ("Lia Prado", [])


def test_somebody_without_any_address_keeps_a_name(workspace):
    contact = make.contact(name="Lia Prado")

    with pytest.raises(services.NamelessContactError):
        services.rename_contact(contact_id=contact.pk, first_name="", last_name=" ", by=BY)

    contact.refresh_from_db()
    assert contact.name == "Lia Prado"


def test_the_first_address_becomes_the_main_one(workspace):  # crm.md 2.1
    contact = make.contact()

    add(contact, "email", "a@example.com")
    add(contact, "email", "b@example.com")

    assert mains(contact) == ["a@example.com"]
    assert events(contact)[1] == (
        "contact.changed",
        {"emails": [["a@example.com"], ["a@example.com", "b@example.com"]]},
    )


def test_an_address_is_kept_once_however_it_is_spelt(workspace):
    contact = make.contact(emails=("a@example.com",), phones=("(11) 98412-3307",))

    add(contact, "email", "A@Example.com")
    add(contact, "phone", "+55 11 98412 3307")

    assert ContactEmail.objects.filter(contact=contact).count() == 1
    assert ContactPhone.objects.filter(contact=contact).count() == 1
    assert events(contact) == []


def test_what_cannot_be_an_address_is_kept_and_flagged(workspace):
    contact = make.contact()

    add(contact, "email", "camila@")
    add(contact, "phone", "ramal 7")

    assert ContactEmail.objects.get(contact=contact).key == ""
    assert (
        ContactPhone.objects.get(contact=contact).raw,
        ContactPhone.objects.get(contact=contact).e164,
    ) == (
        "ramal 7",
        "",
    )


@pytest.mark.parametrize("typed", ["", "  ", "x" * 300])
def test_nothing_and_too_much_are_refused(workspace, typed):
    contact = make.contact()

    with pytest.raises(services.AddressRefusedError):
        add(contact, "email", typed)

    assert events(contact) == []


def test_removing_the_main_address_makes_the_oldest_of_the_others_main(workspace):
    contact = make.contact(emails=("a@example.com", "b@example.com", "c@example.com"))
    main = ContactEmail.objects.get(contact=contact, is_primary=True)

    services.remove_address(contact_id=contact.pk, kind="email", address_id=main.pk, by=BY)

    assert mains(contact) == ["b@example.com"]


def test_the_last_address_of_somebody_without_a_name_stays(workspace):
    contact = make.contact(name="", emails=("a@example.com",))
    only = ContactEmail.objects.get(contact=contact)

    with pytest.raises(services.NamelessContactError):
        services.remove_address(contact_id=contact.pk, kind="email", address_id=only.pk, by=BY)

    assert mains(contact) == ["a@example.com"]


def test_another_address_can_be_made_main(workspace):
    contact = make.contact(emails=("a@example.com", "b@example.com"))
    other = ContactEmail.objects.get(contact=contact, email="b@example.com")

    services.make_primary(contact_id=contact.pk, kind="email", address_id=other.pk, by=BY)

    assert mains(contact) == ["b@example.com"]
    assert events(contact) == [("contact.changed", {"primary_email": ["a@example.com", "b@example.com"]})]


def test_an_address_changed_meanwhile_is_not_overwritten(workspace):
    contact = make.contact(emails=("a@example.com",))
    row = ContactEmail.objects.get(contact=contact)

    with pytest.raises(services.ChangedMeanwhileError):
        services.change_address(
            contact_id=contact.pk,
            address_id=row.pk,
            address=services.NewAddress("email", "c@example.com"),
            by=BY,
            seen="old@example.com",
        )

    assert mains(contact) == ["a@example.com"]


def test_the_same_email_on_two_contacts_is_said_not_merged(workspace):  # crm.md Q2
    first, second = make.contact(emails=("a@example.com",)), make.contact(name="Lia Prado")

    add(second, "email", "A@example.com")

    pair = PossibleDuplicate.objects.get()
    assert (pair.contact_id, pair.other_id, pair.reason) == (second.pk, first.pk, "email")


def test_giving_a_contact_away_is_told_by_name(people):
    contact = make.contact(assignee=people.ana)

    services.assign_contact(contact_id=contact.pk, to=people.bruno, by=BY)
    services.assign_contact(contact_id=contact.pk, to=None, by=BY)

    assert [data for _, data in events(contact)] == [
        {"assignee": ["Ana Souza", "Bruno Lima"], "assignee_before": people.ana.pk},
        {"assignee": ["Bruno Lima", ""], "assignee_before": people.bruno.pk},
    ]


def test_a_list_of_addresses_is_replaced_in_one_change(workspace):
    contact = make.contact(emails=("a@example.com", "b@example.com"))

    services.replace_addresses(
        contact_id=contact.pk, kind="email", typed=["c@example.com", "b@example.com"], country="BR", by=BY
    )

    found = ContactEmail.objects.filter(contact=contact).values_list("email", "is_primary")
    assert set(found) == {("c@example.com", True), ("b@example.com", False)}
    assert len(events(contact)) == 1
