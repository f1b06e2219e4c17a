"""R-10 in its small form: the whole of it is `make proof`."""

from __future__ import annotations

import pytest

from afluente.proof import stepping
from afluente.proof.stepping import BEFORE_IT_BEGAN, complaints_of
from afluente.proof.steps_inside import LANES

WHOLE = [(rule, "applied") for lane in LANES for rule in lane]


@pytest.mark.proof
def test_rules_run_once_and_in_order_while_workers_and_database_are_killed():
    figures = stepping.run(steps=300, deals=30, kills=2, patience=60).figures

    assert (figures["complaints"], figures["left"], figures["deadlocks"]) == ({}, 0, 0)
    assert figures["kills"] == 2
    assert figures["steps"] >= 300


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (WHOLE, {}),
        (BEFORE_IT_BEGAN, {}),
        ([*WHOLE[:3], ("note", "cancelled"), ("last", "cancelled"), ("big", "cancelled")], {}),
        ([one for one in WHOLE if one[0] != "note"], {"lost": 1, "out of order": 1}),
        (WHOLE[:-1], {"lost": 1}),
        ([*WHOLE, WHOLE[0]], {"doubled": 1, "out of order": 1}),
        ([WHOLE[1], WHOLE[0], *WHOLE[2:]], {"out of order": 1}),
        ([("say", "cancelled"), *WHOLE[2:]], {"after it left": len(WHOLE) - 2}),
        ([], {"lost": len(WHOLE)}),
    ],
)
def test_what_is_wrong_with_the_lines_of_an_entry_is_counted(lines, complaint):
    assert +complaints_of(lines) == complaint
