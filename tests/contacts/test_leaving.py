"""Editors in place that save when they are left, and the ways back of what they change."""

import json

import pytest

from afluente.contacts.models import Company, ContactEmail, ContactPhone
from tests import make
from tests.contacts.test_companies import company
from tests.contacts.test_views import htmx

pytestmark = pytest.mark.django_db
ABOUT = htmx("aside#about")


def way_back(answer):
    return json.loads(answer["HX-Trigger"])["af:toast"]["undo"]


@pytest.fixture
def browser(people, client_as):
    return client_as(people.ana)


def test_what_was_left_is_drawn_around_what_is_busy(browser):
    lia, bem = make.contact(name="Lia Prado", phones=("11 98412-3307",)), company()
    phone = ContactPhone.objects.get()
    names = {"first_name": "Bia", "last_name": "Prado", "seen_first": "Lia", "seen_last": "Prado"}
    changes = {
        f"/contacts/{lia.pk}/name/": names,
        f"/contacts/{lia.pk}/addresses/phone/{phone.pk}/": {"typed": "11 98412-3308"},
        f"/contacts/{lia.pk}/addresses/": {"kind": "email", "typed": "bia@example.com"},
        f"/companies/{bem.pk}/fields/phone/": {"value": "11 4004-0001"},
    }
    for address, sent in changes.items():
        opened = browser.get(f"{address}?kind={sent.get('kind', '')}", headers=ABOUT).content.decode()
        assert "data-saves" in opened
        entered = browser.post(address, sent, headers=ABOUT)
        assert "HX-Reswap" not in entered

    mia = {**names, "seen_first": "Bia", "first_name": "Mia", "left": "1"}
    left = browser.post(f"/contacts/{lia.pk}/name/", mia, headers=ABOUT)
    assert left["HX-Reswap"] == "outerMorph"
    assert "autofocus" not in left.content.decode()
    of_company = browser.post(
        f"/companies/{bem.pk}/fields/phone/", {"value": "11 4004-0002", "left": "1"}, headers=ABOUT
    )
    assert of_company["HX-Reswap"] == "outerMorph"


def test_a_refused_editor_that_was_left_is_swapped_alone(browser):
    lia = make.contact(name="Lia Prado")

    refused = browser.post(
        f"/contacts/{lia.pk}/name/", {"first_name": "", "last_name": "", "left": "1"}, headers=ABOUT
    )

    assert refused.status_code == 422
    assert "HX-Reswap" not in refused


def test_an_address_that_was_changed_added_or_made_main_has_a_way_back(browser):
    lia = make.contact(name="Lia Prado", emails=("a@example.com", "b@example.com"))
    first, second = ContactEmail.objects.order_by("pk")
    base = f"/contacts/{lia.pk}/addresses/"

    changed = browser.post(
        f"{base}email/{first.pk}/", {"typed": "c@example.com", "seen": "a@example.com"}, headers=ABOUT
    )
    assert ContactEmail.objects.get(pk=first.pk).email == "c@example.com"
    browser.post(way_back(changed))
    assert ContactEmail.objects.get(pk=first.pk).email == "a@example.com"

    main = browser.post(f"{base}email/{second.pk}/main/", headers=ABOUT)
    assert ContactEmail.objects.get(is_primary=True).pk == second.pk
    browser.post(way_back(main))
    assert ContactEmail.objects.get(is_primary=True).pk == first.pk

    added = browser.post(base, {"kind": "email", "typed": "d@example.com"}, headers=ABOUT)
    assert ContactEmail.objects.count() == 3
    browser.post(way_back(added))
    assert list(ContactEmail.objects.order_by("pk")) == [first, second]


def test_nothing_changed_offers_no_way_back(browser):
    lia = make.contact(name="Lia Prado", emails=("a@example.com",))
    row = ContactEmail.objects.get()

    same = browser.post(
        f"/contacts/{lia.pk}/addresses/email/{row.pk}/", {"typed": "a@example.com"}, headers=ABOUT
    )

    assert "af:toast" not in same.headers.get("HX-Trigger", "")


def test_the_way_back_of_an_address_leaves_a_later_change_alone(browser):
    lia = make.contact(name="Lia Prado", emails=("a@example.com",))
    row = ContactEmail.objects.get()
    address = f"/contacts/{lia.pk}/addresses/email/{row.pk}/"
    changed = browser.post(address, {"typed": "b@example.com"}, headers=ABOUT)
    browser.post(address, {"typed": "c@example.com"}, headers=ABOUT)

    assert browser.post(way_back(changed)).status_code == 409
    assert ContactEmail.objects.get().email == "c@example.com"


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("name", {"value": "Outra"}),
        ("domain", {"value": "outra.com"}),
        ("revenue", {"value": "1.250.000,50", "currency": "EUR"}),
    ],
)
def test_a_field_of_a_company_has_a_way_back(browser, field, sent):
    bem = company()
    before = Company.objects.values("name", "domain", "revenue", "currency").get()

    changed = browser.post(f"/companies/{bem.pk}/fields/{field}/", sent, headers=ABOUT)
    assert Company.objects.values("name", "domain", "revenue", "currency").get() != before
    browser.post(way_back(changed))

    assert Company.objects.values("name", "domain", "revenue", "currency").get() == before


def test_the_way_back_of_a_company_leaves_a_later_change_alone(browser):
    bem = company()
    address = f"/companies/{bem.pk}/fields/phone/"
    changed = browser.post(address, {"value": "1"}, headers=ABOUT)
    browser.post(address, {"value": "2"}, headers=ABOUT)

    browser.post(way_back(changed))

    assert Company.objects.get().phone == "2"


def test_a_change_of_another_company_is_not_taken_back_here(browser):
    bem, other = company(), company(name="Outra")
    undo = way_back(browser.post(f"/companies/{bem.pk}/fields/phone/", {"value": "1"}, headers=ABOUT))

    assert browser.post(undo.replace(f"/{bem.pk}/", f"/{other.pk}/", 1)).status_code == 404
    assert Company.objects.get(pk=bem.pk).phone == "1"
