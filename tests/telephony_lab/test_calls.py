"""The lab of telephones by itself: what Kamailio tells of real calls between real softphones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mail_peers import wanted
from tests.sip_peers import missing, sip_lab, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sip_peers import Lab
    from tests.softphone import Phone

LINE, CUSTOMER = "551140001000", "5554999990000"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """An exchange with a number that rings Ana and Bruno."""
    wanted(missing())
    with sip_lab({LINE: ["ana", "bruno"]}) as one:
        for user in ("ana", "bruno", CUSTOMER):
            one.phone(user)
        yield one


@pytest.fixture
def phones(lab: Lab) -> Iterator[tuple[Phone, Phone, Phone]]:
    """Ana's, Bruno's and the customer's; what the exchange told before is forgotten."""
    lab.ear.events.clear()
    yield lab.phones["ana"], lab.phones["bruno"], lab.phones[CUSTOMER]
    wait_until(lambda: not lab.has_calls(), lambda: f"calls are left: {lab.ask('dlg.list')}")


Phones = tuple["Phone", "Phone", "Phone"]


def test_a_number_of_the_company_rings_everybody_and_one_answers(lab: Lab, phones: Phones) -> None:
    ana, bruno, customer = phones
    customer.dial(LINE)
    ana.wait_for("CALL_INCOMING")
    bruno.wait_for("CALL_INCOMING")
    bruno.accept()
    customer.wait_for("CALL_ESTABLISHED")
    bruno.wait_for("CALL_ESTABLISHED")
    ana.wait_for("CALL_CLOSED")
    start = lab.wait_for("start", to=LINE)
    assert start["from"] == CUSTOMER
    assert lab.wait_for("answer", callid=start["callid"])["agent"] == "bruno"
    customer.hangup()
    bruno.wait_for("CALL_CLOSED")
    lab.wait_for("end", callid=start["callid"])
    kinds = [one["event"] for one in lab.events if one["callid"] == start["callid"]]
    assert [kinds[0], *kinds[-2:]] == ["start", "answer", "end"]


def test_a_caller_who_gives_up(lab: Lab, phones: Phones) -> None:
    ana, bruno, customer = phones
    customer.dial(LINE)
    ana.wait_for("CALL_INCOMING")
    bruno.wait_for("CALL_INCOMING")
    customer.wait_for("CALL_RINGING")
    customer.hangup()
    ana.wait_for("CALL_CLOSED")
    bruno.wait_for("CALL_CLOSED")
    assert lab.wait_for("cancelled")["code"] == "487"
    assert not [one for one in lab.events if one["event"] == "answer"]


def test_a_call_that_is_declined_and_one_to_nobody(lab: Lab, phones: Phones) -> None:
    ana, _bruno, customer = phones
    customer.dial("ana")
    ana.wait_for("CALL_INCOMING")
    ana.hangup()
    customer.wait_for("CALL_CLOSED")
    assert lab.wait_for("failed")["code"] == "486"
    customer.dial("ninguem")
    customer.wait_for("CALL_CLOSED")
    lab.wait_for("failed", code="404")


def test_an_employee_calls_a_customer(lab: Lab, phones: Phones) -> None:
    ana, _bruno, customer = phones
    ana.dial(CUSTOMER)
    customer.wait_for("CALL_INCOMING")
    customer.accept()
    ana.wait_for("CALL_ESTABLISHED")
    customer.wait_for("CALL_ESTABLISHED")
    customer.hangup()
    ana.wait_for("CALL_CLOSED")
    assert lab.wait_for("start", to=CUSTOMER)["from"] == "ana"
    lab.wait_for("end")


def test_click_to_call_rings_the_customer_first(lab: Lab, phones: Phones) -> None:
    ana, _bruno, customer = phones
    lab.bridge(CUSTOMER, "ana")
    customer.wait_for("CALL_INCOMING")
    assert not [one for one in lab.events if one.get("to") == "ana"], "Ana rang before the customer answered"
    customer.accept()
    customer.wait_for("CALL_ESTABLISHED")
    ana.wait_for("CALL_INCOMING")
    assert lab.wait_for("start", to="ana")["from"] == CUSTOMER
    ana.accept()
    ana.wait_for("CALL_ESTABLISHED")
    ana.hangup()
    ana.wait_for("CALL_CLOSED")
    lab.wait_for("end")


def test_who_is_registered(lab: Lab, phones: Phones) -> None:
    assert lab.online() == [CUSTOMER, "ana", "bruno"]
