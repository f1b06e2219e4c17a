"""Working time: cases 38 to 43 of the reference."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from afluente.automation.engine.opening import Calendar, after_open_days, after_open_time, next_open

WARSAW, SAO_PAULO = ZoneInfo("Europe/Warsaw"), ZoneInfo("America/Sao_Paulo")
OFFICE = [(9 * 60, 18 * 60)]
WEEK = (OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, (), ())
MONDAY = dt.date(2026, 11, 23)


def at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = WARSAW) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=zone)


def test_case_38_a_saturday_waits_for_monday():
    assert next_open([Calendar(WARSAW, WEEK)], at(21, 15)) == at(23, 9)


def test_what_is_open_now_is_now():
    assert next_open([Calendar(WARSAW, WEEK)], at(23, 17, 59)) == at(23, 17, 59)
    assert next_open([Calendar(WARSAW, WEEK)], at(23, 18)) == at(24, 9)


def test_case_39_a_holiday_is_passed_over():
    assert next_open([Calendar(WARSAW, WEEK, {MONDAY: ()})], at(21, 15)) == at(24, 9)


def test_case_40_an_absence_is_waited_for():
    away = [(at(20, 0), at(25, 12))]

    assert next_open([Calendar(WARSAW, WEEK, away=away)], at(23, 10)) == at(25, 12)


def test_an_absence_inside_a_day_leaves_both_ends():
    calendar = Calendar(WARSAW, WEEK, away=[(at(23, 12), at(23, 13))])

    assert next_open([calendar], at(23, 12, 30)) == at(23, 13)
    assert next_open([calendar], at(23, 11, 30)) == at(23, 11, 30)
    assert after_open_time(calendar, at(23, 11), dt.timedelta(hours=2)) == at(23, 14)


def test_case_41_a_calendar_that_never_opens_ends():
    never = Calendar(WARSAW, ((),) * 7)

    assert next_open([never], at(23, 10)) is None
    assert next_open([Calendar(WARSAW, WEEK), never], at(23, 10)) is None
    assert after_open_time(never, at(23, 10), dt.timedelta(hours=1)) is None
    assert after_open_days(never, at(23, 10), 1) is None


def test_case_42_two_working_hours_from_a_holiday_end_after_the_next_opening():
    calendar = Calendar(WARSAW, WEEK, {MONDAY: ()})

    assert after_open_time(calendar, at(23, 15), dt.timedelta(hours=2)) == at(24, 11)


def test_working_hours_go_over_the_night_and_the_weekend():
    calendar = Calendar(WARSAW, WEEK)

    assert after_open_time(calendar, at(20, 17), dt.timedelta(hours=2)) == at(23, 10)


def test_working_days_pass_over_days_on_which_nobody_works():
    assert after_open_days(Calendar(WARSAW, WEEK, {MONDAY: ()}), at(20, 10), 2) == at(25, 10)


@pytest.mark.parametrize(("hour", "opens"), [(2, 2), (4, 20), (21, 21), (19, 20)])
def test_case_43_a_shift_over_midnight_is_open_after_it(hour, opens):
    nights = Calendar(WARSAW, ([(20 * 60, 28 * 60)],) * 7)

    assert next_open([nights], at(24, hour)) == at(24, opens)


def test_both_calendars_must_be_open():
    company = Calendar(WARSAW, WEEK)
    person = Calendar(SAO_PAULO, ([(9 * 60, 12 * 60)],) * 7)

    assert next_open([company, person], at(23, 9)) == at(23, 9, zone=SAO_PAULO)


def test_without_a_calendar_it_is_always_open():
    assert next_open([], at(21, 3)) == at(21, 3)


def test_hours_on_the_day_the_clock_changes_are_those_on_the_clock():
    calendar = Calendar(WARSAW, ([(60, 4 * 60)],) * 7)
    spring = dt.datetime(2026, 3, 29, 1, tzinfo=WARSAW)

    assert after_open_time(calendar, spring, dt.timedelta(hours=2)) == dt.datetime(
        2026, 3, 29, 4, tzinfo=WARSAW
    )
