"""A form that is sent twice makes one record, whoever clicks."""

from __future__ import annotations

import re
from threading import Thread

import pytest
from django.db import connections
from django.http import QueryDict

from afluente.contacts.models import Company, Contact
from afluente.deals.models import Deal
from afluente.kernel import once
from afluente.kernel.workspace import scope
from afluente.tasks.models import Task
from tests import cast, make

FORMS = [
    ("/contacts/new/", {"first_name": "Lia"}, Contact),
    ("/companies/new/", {"name": "Maré"}, Company),
    ("/deals/add/", {"name": "Course"}, Deal),
    ("/tasks/new/", {"title": "Call", "priority": "2"}, Task),
]


def drawn(browser, address, values):
    """The values of a form as it stands there, with `values` typed in."""
    page = browser.get(address).content.decode()
    key = re.search(r'name="form_key" value="([\w-]{20,})"', page)
    stage = re.search(r'<select[^>]*name="stage".*?<option value="(\d+)"', page, re.DOTALL)
    return {**values, "form_key": key[1], **({"stage": stage[1]} if stage else {})}


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "values", "model"), FORMS)
def test_the_same_form_twice_makes_one_record_and_leads_to_it(people, address, values, model):
    make.pipeline()
    browser = cast.browser(people.ana)
    sent = drawn(browser, address, values)
    before = model.objects.count()

    first, second = (browser.post(address, sent) for _ in range(2))

    assert (first.status_code // 100, second.status_code // 100) == (3, 3)
    assert model.objects.count() == before + 1
    assert f"/{model.objects.order_by('-pk')[0].pk}/" in second["Location"]
    assert drawn(browser, address, values)["form_key"] != sent["form_key"]
    browser.post(address, drawn(browser, address, values) | {"even_so": "1"})


@pytest.mark.django_db
def test_another_text_or_person_under_the_same_key_is_another_form(people):
    form = QueryDict("form_key=k&name=Ana")

    assert once.led_to(form, by=1) == ""
    once.keep(form, by=1, address="/contacts/1/")

    assert once.led_to(QueryDict("name=Ana&form_key=k&csrfmiddlewaretoken=x"), by=1) == "/contacts/1/"
    assert once.led_to(QueryDict("form_key=k&name=Eva"), by=1) == ""
    assert once.led_to(form, by=2) == ""
    assert once.led_to(QueryDict("name=Ana"), by=1) == once.led_to(QueryDict("name=Ana"), by=1) == ""
    once.release(form, by=1)
    assert once.led_to(form, by=1) == ""


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_waits_for_the_first():
    form, found = QueryDict("form_key=k&name=Ana"), []

    def second() -> None:
        with scope(1):
            found.append(once.led_to(form, by=1))
        connections.close_all()

    other = Thread(target=second)
    with scope(1):
        assert once.led_to(form, by=1) == ""
        other.start()
        other.join(0.3)
        assert found == []
        once.keep(form, by=1, address="/contacts/7/")
    other.join(10)

    assert found == ["/contacts/7/"]
