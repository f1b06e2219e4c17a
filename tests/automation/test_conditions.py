"""Conditions of rules, asked of values in hand: case 32 and what each operator means."""

import datetime as dt
from decimal import Decimal

import pytest

from afluente.automation.engine.conditions import InvalidConditionError, Moment, compile_expression
from afluente.automation.engine.records import Money
from tests.automation.stage import CATALOGUE, NOW, SAO_PAULO, record, where


def asks(*said: str, match: str = "all", **values) -> bool:
    ask = compile_expression(where(*said, match=match), CATALOGUE)
    return ask(record(**values), Moment(NOW, SAO_PAULO)).holds


def test_case_32_nothing_is_smaller_and_nothing_is_not_a_form():
    assert not asks("amount.lt:100", amount=None)
    assert asks("source.is_not:form", source=None)


@pytest.mark.parametrize(
    ("condition", "values", "holds"),
    [
        ("note.is:joao", {"note": "JOÃO"}, True),
        ("note.contains:ca", {"note": "Açaí com cacau"}, True),
        ("note.starts:aca", {"note": "Açaí"}, True),
        ("note.not_contains:x", {"note": None}, True),
        ("note.empty", {"note": ""}, True),
        ("note.filled", {"note": "x"}, True),
        ("amount.gte:10", {}, True),
        ("amount.gt:10 EUR", {"amount": Money(Decimal(900), "BRL")}, False),
        ("amount.gt:10 brl", {"amount": Money(Decimal(900), "BRL")}, True),
        ("amount.not_eq:10", {"amount": None}, True),
        ("score.between:1,5", {"score": Decimal(5)}, True),
        ("score.eq:0", {"score": Decimal(0)}, True),
        ("source.is:form,webhook", {"source": "webhook"}, True),
        ("source.is:3", {"source": 3}, True),
        ("tags.is:1,2", {"tags": frozenset({2, 9})}, True),
        ("tags.all:1,2", {"tags": frozenset({2, 9})}, False),
        ("tags.is_not:1", {"tags": None}, True),
        ("vip.yes", {"vip": True}, True),
        ("vip.no", {"vip": None}, True),
        ("day.before:2026-11-24", {"day": dt.date(2026, 11, 23)}, True),
        ("day.last:1", {"day": dt.date(2026, 11, 23)}, True),
        ("day.next:7", {"day": dt.date(2026, 11, 30)}, False),
        ("day.weekday:1,2", {"day": dt.date(2026, 11, 23)}, True),
        ("due.clock:20:00,08:00", {"due": dt.datetime(2026, 11, 23, 23, 30, tzinfo=SAO_PAULO)}, True),
        ("due.clock:20:00,08:00", {"due": dt.datetime(2026, 11, 23, 8, tzinfo=SAO_PAULO)}, False),
        ("due.clock:09:00+02:00,17:00", {"due": dt.datetime(2026, 11, 23, 10, tzinfo=SAO_PAULO)}, True),
        ("due.between:2026-11-23,2026-11-23", {"due": dt.datetime(2026, 11, 24, 1, tzinfo=dt.UTC)}, True),
    ],
)
def test_every_operator_means_what_it_says(condition, values, holds):
    assert asks(condition, **values) is holds


@pytest.mark.parametrize("match", ["all", "any"])
def test_groups_are_read_as_a_filter_reads_them(match):
    said = ["vip.yes|note.filled", "amount.gt:5"]
    every = {
        (vip, note): asks(*said, match=match, vip=vip, note=note)
        for vip in (True, False)
        for note in ("x", "")
    }

    if match == "all":  # one of each group is enough, and every group must hold
        assert every == {(True, "x"): True, (True, ""): True, (False, "x"): True, (False, ""): False}
    else:  # all of a group must hold, and one group is enough: the amount always is
        assert all(every.values())


def test_of_groups_one_of_which_is_enough_all_conditions_of_it_must_hold():
    assert not asks("vip.yes|note.filled", "amount.gt:50", match="any", vip=True)
    assert asks("vip.yes|note.filled", "amount.gt:50", match="any", vip=True, note="x")


def test_only_what_was_compared_is_told():
    ask = compile_expression(where("vip.yes|note.filled", "amount.gt:50"), CATALOGUE)
    verdict = ask(record(vip=True), Moment(NOW, SAO_PAULO))

    assert [(one.condition, one.value, one.holds) for one in verdict.asked] == [
        ("vip.yes", "yes", True),
        ("amount.gt:50", "10 BRL", False),
    ]


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("gone.is:1", "There is no field gone any more."),
        ("vip.gt:1", "vip (flag) cannot be asked “gt”."),
        ("amount.gt:much", "“amount.gt:much” has no value that can be read."),
        ("amount.between:1", "“amount.between:1” has no value that can be read."),
        ("day.before:tomorrow", "“day.before:tomorrow” has no value that can be read."),
        ("note.is", "“note.is” has no value that can be read."),
        ("day.last:0", "“day.last:0” has no value that can be read."),
        ("day.last:999999999", "“day.last:999999999” has no value that can be read."),
        ("day.next:99999999999999", "“day.next:99999999999999” has no value that can be read."),
    ],
)
def test_a_condition_that_cannot_be_asked_says_why(condition, why):
    with pytest.raises(InvalidConditionError) as refused:
        compile_expression(where(condition), CATALOGUE)

    assert str(refused.value) == why
