"""What rules do when a record enters and while it stays: cases of the reference by their numbers."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from afluente.automation.engine.limits import MOST_STEPS
from afluente.automation.engine.nodes import Zone
from afluente.automation.engine.opening import Calendar
from afluente.automation.engine.records import Money
from afluente.automation.engine.rules import Rule
from afluente.automation.engine.steps import State
from afluente.automation.engine.timing import Anchor, Interval, Unit, When
from tests.automation.stage import NOW, SAO_PAULO, answer, enter, said, scene, wake, where

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
IN_A_DAY = When(interval=Interval(1, Unit.DAYS))
DAY_BEFORE = When(Anchor.FIELD, Interval(-1, Unit.DAYS), field="due")
OFFICE = Calendar(SAO_PAULO, ([(540, 1080)],) * 5 + ((), ()))
SUNDAY = dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC)


def write(name: str, **more) -> Rule:
    return Rule(id=name, action="write", params=more.pop("params", {"note": name}), **more)


def send(name: str, to: str = "ana", **more) -> Rule:
    return Rule(id=name, action="send", params={"to": to}, is_outside=True, **more)


def test_case_1_immediate_rules_apply_in_the_order_of_the_list():
    sprint = enter(write("a"), write("b"), write("c"))

    assert said(sprint) == ["a applied", "b applied", "c applied"]
    assert [made.effect.values["note"] for made in sprint.made] == ["a", "b", "c"]


def test_case_2_a_later_rule_sees_what_an_earlier_one_set():
    raise_it = write("raise", params={"amount": Money(Decimal(5000), "BRL")})
    big = write("big", condition=where("amount.gt:1000"))

    assert said(enter(raise_it, big)) == ["raise applied", "big applied"]
    assert said(enter(big, raise_it)) == ["big skipped condition_false", "raise applied"]


def test_case_3_a_rule_in_a_day_waits_until_then():
    sprint = enter(write("later", when=IN_A_DAY))

    assert not sprint.lines
    assert [(one.node, one.state, one.due_at) for one in sprint.waiting] == [
        ("later.when", State.SCHEDULED, NOW + DAY)
    ]


def test_case_7_a_rule_before_an_empty_date_is_parked_for_that_date():
    (token,) = enter(write("remind", when=DAY_BEFORE)).waiting

    assert (token.state, token.key, token.due_at) == (State.PARKED, "field:due", None)


def test_case_9_what_is_past_but_still_sensible_runs_and_says_how_late():
    sprint = enter(write("remind", when=DAY_BEFORE), at=scene(due=NOW + 3 * HOUR))

    assert [(line.state, line.late_by) for line in sprint.lines] == [(State.APPLIED, 21 * HOUR)]


def test_case_10_what_is_past_is_skipped():
    sprint = enter(write("remind", when=DAY_BEFORE), at=scene(due=NOW - DAY))

    assert said(sprint) == ["remind skipped date_passed"]


def test_case_17_the_zone_of_the_rule_else_the_accounts():
    at_nine = When(interval=Interval(1, Unit.DAYS), at=dt.time(9))
    rule = write("a", when=at_nine, zone=Zone.CONTACT)
    lisbon = ZoneInfo("Europe/Lisbon")

    (there,) = enter(rule, at=scene(zones={Zone.CONTACT: lisbon})).waiting
    (here,) = enter(rule).waiting

    assert there.due_at == dt.datetime(2026, 11, 24, 9, tzinfo=lisbon)
    assert here.due_at == dt.datetime(2026, 11, 24, 9, tzinfo=SAO_PAULO)


LANE = [send("mail"), write("call", follows=True)]


def test_case_21_what_follows_waits_until_the_mail_is_accepted():
    sprint = enter(*LANE)
    (token,) = sprint.waiting

    assert said(sprint) == ["mail awaiting"]
    assert (token.state, token.key) == (State.AWAITING, "out:mail")
    assert said(answer(token, State.APPLIED, *LANE, at=scene())) == ["call applied"]


@pytest.mark.parametrize("end", [State.FAILED, State.UNKNOWN])
def test_cases_22_and_27_what_follows_a_mail_that_failed_does_not_start(end):
    (token,) = enter(*LANE).waiting

    assert said(answer(token, end, *LANE, at=scene())) == ["call skipped chain_not_met"]


def test_a_rule_may_go_on_after_a_failure():
    lane = [send("mail", goes_on=True), write("call", follows=True)]
    (token,) = enter(*lane).waiting

    assert said(answer(token, State.FAILED, *lane, at=scene())) == ["call applied"]


@pytest.mark.parametrize(("or_skipped", "then"), [(False, "b skipped chain_not_met"), (True, "b applied")])
def test_case_24_what_follows_a_skipped_rule(or_skipped, then):
    first = write("a", condition=where("note.filled"))

    assert said(enter(first, write("b", follows=True, or_skipped=or_skipped))) == [
        "a skipped condition_false",
        then,
    ]


def test_case_25_a_lane_that_fails_leaves_the_other_alone():
    assert said(enter(send("a", to="broken"), write("b", follows=True), write("c"))) == [
        "a failed template",
        "b skipped chain_not_met",
        "c applied",
    ]


def test_case_26_an_interval_after_the_previous_rule_counts_from_its_end():
    lane = [send("mail"), write("call", follows=True, when=When(interval=Interval(1, Unit.HOURS)))]
    (mail,) = enter(*lane).waiting
    (call,) = answer(mail, State.APPLIED, *lane, at=scene(now=NOW + 3 * HOUR, entered_at=NOW)).waiting

    assert call.due_at == NOW + 4 * HOUR


def test_an_interval_after_a_rule_that_was_skipped_counts_from_when_it_was():
    rules = (
        write("a"),
        write("b", follows=True, when=IN_A_DAY, condition=where("amount.gt:1000")),
        write("c", follows=True, when=IN_A_DAY, or_skipped=True),
    )
    (second,) = enter(*rules).waiting
    then = wake(second, *rules, at=scene(now=NOW + DAY))

    assert said(then) == ["b skipped condition_false"]
    assert [one.due_at for one in then.waiting] == [NOW + 2 * DAY]


def test_case_4_a_first_rule_that_would_follow_counts_from_the_entry_however_late_a_worker_is():
    late = scene(now=NOW + DAY / 2, entered_at=NOW)
    (token,) = enter(write("a", follows=True, when=IN_A_DAY), at=late).waiting

    assert token.due_at == NOW + DAY


def test_case_30_a_condition_is_asked_when_it_is_due_and_says_what_it_met():
    rule = write("a", when=IN_A_DAY, condition=where("amount.gt:1000"))
    (token,) = enter(rule, at=scene(amount=Money(Decimal(5000), "BRL"))).waiting
    sprint = wake(token, rule, at=scene(now=NOW + DAY, entered_at=NOW, amount=Money(Decimal(900), "BRL")))

    assert said(sprint) == ["a skipped condition_false"]
    assert [(one.condition, one.value) for one in sprint.lines[0].asked] == [("amount.gt:1000", "900 BRL")]


def test_case_31_false_at_entry_and_true_when_due_applies():
    rule = write("a", when=IN_A_DAY, condition=where("amount.gt:1000"))
    (token,) = enter(rule).waiting

    assert said(wake(token, rule, at=scene(now=NOW + DAY, amount=Money(Decimal(5000), "BRL")))) == [
        "a applied"
    ]


def test_case_33_a_condition_on_a_field_that_is_gone_is_neither_true_nor_false():
    sprint = enter(write("a", condition=where("field-9.is_not:x")), write("b", follows=True, or_skipped=True))

    assert said(sprint) == ["a failed invalid_condition", "b skipped chain_not_met"]
    assert sprint.lines[0].detail == "There is no field field-9 any more."


def test_case_36_nobody_to_write_to_is_a_skip_that_names_what_is_missing():
    sprint = enter(send("mail", to=""))

    assert [(line.reason, line.detail) for line in sprint.lines] == [("no_recipient", "e-mail")]


def test_case_38_outside_working_time_it_waits_and_only_then_asks():
    rule = write("a", company_hours=True, condition=where("note.filled"))
    (token,) = enter(rule, at=scene(now=SUNDAY, company=OFFICE)).waiting
    monday = dt.datetime(2026, 11, 23, 9, tzinfo=SAO_PAULO)

    assert (token.state, token.due_at) == (State.GATED, monday)
    assert said(wake(token, rule, at=scene(now=monday, company=OFFICE, note="now"))) == ["a applied"]


def test_case_40_the_hours_of_who_is_responsible_now_count():
    rule = write("a", person_hours=True)
    away = Calendar(SAO_PAULO, OFFICE.week, away=[(NOW - DAY, NOW + 3 * DAY)])
    (token,) = enter(rule, at=scene(company=OFFICE, person=away)).waiting

    assert token.due_at == NOW + 3 * DAY
    assert said(wake(token, rule, at=scene(now=NOW + HOUR, company=OFFICE, person=OFFICE))) == ["a applied"]


def test_case_41_hours_that_never_come_are_a_reason():
    never = Calendar(SAO_PAULO, ((),) * 7)

    assert said(enter(write("a", company_hours=True), at=scene(company=never))) == [
        "a skipped no_working_time"
    ]


def test_a_weekend_that_was_waited_for_does_not_make_a_mail_late():
    rule = send("mail", when=When(interval=Interval(1, Unit.HOURS)), company_hours=True)
    saturday = SUNDAY - DAY
    (due,) = enter(rule, at=scene(now=saturday - HOUR, company=OFFICE)).waiting
    (gated,) = wake(due, rule, at=scene(now=saturday, company=OFFICE)).waiting
    sprint = wake(gated, rule, at=scene(now=gated.due_at, company=OFFICE))

    assert said(sprint) == ["mail awaiting"]
    assert sprint.lines[0].due_at == saturday


def test_case_49_leaving_cancels_what_follows_in_every_lane():
    sprint = enter(
        write("a"),
        Rule(id="go", action="leave"),
        write("b", follows=True),
        write("c"),
        write("d", when=IN_A_DAY),
    )

    assert said(sprint) == [
        "a applied",
        "go applied",
        "b cancelled stage_left",
        "c cancelled stage_left",
        "d cancelled stage_left",
    ]
    assert sprint.has_left
    assert not sprint.waiting


def test_case_75_a_mail_that_comes_days_late_is_skipped_and_a_task_is_not():
    for rule, end in (
        (send("a", when=IN_A_DAY), "a skipped too_late"),
        (write("a", when=IN_A_DAY), "a applied"),
    ):
        (token,) = enter(rule).waiting
        assert said(wake(token, rule, at=scene(now=NOW + 4 * DAY, entered_at=NOW))) == [end]


def test_a_sprint_has_an_end():
    sprint = enter(*(write(f"r{number}") for number in range(MOST_STEPS + 20)))

    assert said(sprint)[-1].endswith("cancelled loop_guard")
    assert len(sprint.lines) == MOST_STEPS + 20


def test_a_rule_that_is_off_is_as_if_it_were_not_there():
    assert said(enter(write("a"), write("b", is_on=False), write("c", follows=True))) == [
        "a applied",
        "c applied",
    ]


def test_an_action_nobody_knows_fails_and_says_its_name():
    sprint = enter(Rule(id="a", action="robocall"))

    assert [(line.state, line.reason, line.detail) for line in sprint.lines] == [
        (State.FAILED, "unknown_action", "robocall")
    ]


def test_each_value_of_a_date_has_a_step_of_its_own():
    rule = write("remind", when=DAY_BEFORE)
    (first,) = enter(rule, at=scene(due=NOW + 5 * DAY)).waiting
    sprint = wake(first, rule, at=scene(now=first.due_at, due=NOW + 5 * DAY))

    assert [made.step for made in sprint.made] == [f"remind/{(NOW + 5 * DAY).isoformat()}"]
