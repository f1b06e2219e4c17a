"""Signs that nobody sees are in no line of a contact, whichever door they come by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afluente.contacts import services
from afluente.contacts.models import Company, Contact, Tag
from afluente.kernel import text
from afluente.kernel.phone import parse
from afluente.timeline.events import SYSTEM
from tests import make

pytestmark = pytest.mark.django_db
# A mark that turns the line round, a space without width, a bell, an isolate, a tag, a soft hyphen.
FIRST, LAST = "A\u202en\u200ba\x07 ", "\ufeffCo\u2066s\u00adt\U000e0041a\u2029"
CLEAN = ("Ana", "Costa")


def names():
    return [(one.first_name, one.last_name) for one in Contact.objects.order_by("pk")]


def by_service(people, browser, call):
    person = services.NewContact(first_name=FIRST, last_name=LAST, location=FIRST, address=LAST)
    (pk,) = services.create_contacts(contacts=[person], by=SYSTEM)
    assert Contact.objects.values_list("location", "address").get(pk=pk) == CLEAN


def by_form(people, browser, call):
    form = {"first_name": FIRST, "last_name": LAST, "company": FIRST, "new_tags": LAST}
    answer = browser.post("/contacts/new/", form)
    assert answer.status_code == 303, answer.content.decode()
    assert (Company.objects.get().name, Tag.objects.get().name) == CLEAN


def in_place(people, browser, call):
    one = make.contact(name="Lia")
    browser.post(f"/contacts/{one.pk}/name/", {"first_name": FIRST, "last_name": LAST, "seen_first": "Lia"})


def by_api(people, browser, call):
    assert call("POST", "/contacts", {"first_name": FIRST, "last_name": LAST})[0] == 201


def changed_by_api(people, browser, call):
    one = make.contact(name="Lia")
    assert call("PATCH", f"/contacts/{one.pk}", {"first_name": FIRST, "last_name": LAST})[0] == 200


def many_by_api(people, browser, call):
    call("POST", "/contacts/bulk", {"items": [{"first_name": FIRST, "last_name": LAST}]})


def many_by_hand(people, browser, call):
    one = make.contact(name="Lia Prado")
    for what, typed in (("first_name", FIRST), ("last_name", LAST)):
        browser.post("/contacts/bulk/", {"do": "run", "id": one.pk, "what": what, "typed": typed})


DOORS = (by_service, by_form, in_place, by_api, changed_by_api, many_by_api, many_by_hand)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_no_door_lets_them_in(people, client_as, call, door):
    door(people, client_as(people.ana), call)

    assert names() == [CLEAN]


def test_a_name_of_nothing_else_is_no_name(people, client_as):
    answer = client_as(people.ana).post("/contacts/new/", {"first_name": "\u202e\u200b"})

    assert not Contact.objects.exists()
    assert answer.status_code == 422


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_the_quick_way_says_what_the_careful_one_says(said):
    careful = " ".join(text._CONTROL.sub("", said).split())

    assert text.clean(said, limit=50) == careful
    assert text.clean(careful, limit=50) == careful


def test_a_number_is_read_without_them():
    assert parse(text.clean("\u202d11 98412-3307\u202c", limit=50), "BR") == "+5511984123307"
