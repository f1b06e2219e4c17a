"""When a step is due: cases 3 to 17 of the reference."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from afluente.automation.engine.timing import (
    Anchor,
    Due,
    IfPast,
    Interval,
    Missed,
    Parked,
    Unit,
    When,
    add,
    is_too_late,
    plan,
)

WARSAW, SAO_PAULO, LISBON = (
    ZoneInfo("Europe/Warsaw"),
    ZoneInfo("America/Sao_Paulo"),
    ZoneInfo("Europe/Lisbon"),
)
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def in_(amount: int, unit: Unit, **more) -> When:
    return When(interval=Interval(amount, unit), **more)


def before(amount: int, unit: Unit, **more) -> When:
    return When(Anchor.FIELD, Interval(-amount, unit), field="due", **more)


def local(zone: ZoneInfo, *parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=zone)


def due(
    when: When, since: dt.datetime | dt.date, zone: ZoneInfo = SAO_PAULO, now: dt.datetime = NOW
) -> dt.datetime:
    found = plan(when, since=since, zone=zone, now=now)
    assert isinstance(found, Due)
    return found.at


def test_case_3_in_one_day_is_the_same_wall_time_tomorrow():
    entered = local(SAO_PAULO, 2026, 11, 22, 10)

    assert due(in_(1, Unit.DAYS), entered) == local(SAO_PAULO, 2026, 11, 23, 10)


def test_case_4_minutes_count_from_the_entry_and_not_from_the_worker():
    entered = NOW - dt.timedelta(minutes=7)

    assert due(in_(30, Unit.MINUTES), entered) == entered + dt.timedelta(minutes=30)


def test_case_5_a_day_before_a_date_keeps_the_wall_time():
    assert due(before(1, Unit.DAYS), NOW + 5 * DAY) == NOW + 4 * DAY


def test_case_7_an_empty_date_parks():
    assert plan(before(1, Unit.DAYS), since=None, zone=WARSAW, now=NOW) == Parked("due")


def test_case_8_each_value_of_a_date_is_an_occurrence():
    first, second = NOW + 5 * DAY, NOW + 7 * DAY
    planned = [plan(before(1, Unit.DAYS), since=at, zone=WARSAW, now=NOW) for at in (first, second, first)]

    assert [one.occurrence for one in planned] == [first.isoformat(), second.isoformat(), first.isoformat()]


def test_case_9_a_moment_that_passed_runs_while_its_date_is_ahead():
    found = plan(before(1, Unit.DAYS), since=NOW + dt.timedelta(hours=3), zone=WARSAW, now=NOW)

    assert found == Due(
        NOW - dt.timedelta(hours=21), NOW + dt.timedelta(hours=3), (NOW + dt.timedelta(hours=3)).isoformat()
    )


def test_case_10_a_date_that_passed_is_skipped():
    passed = NOW - DAY

    assert plan(before(1, Unit.DAYS), since=passed, zone=WARSAW, now=NOW) == Missed(
        "date_passed", passed.isoformat()
    )


def test_case_11_an_exact_time_that_passed_runs():
    assert due(When(Anchor.FIELD, field="due"), NOW - DAY) == NOW - DAY


@pytest.mark.parametrize(("if_past", "runs"), [(IfPast.RUN, True), (IfPast.SKIP, False)])
def test_what_passed_runs_or_not_as_the_rule_says(if_past, runs):
    found = plan(before(1, Unit.DAYS, if_past=if_past), since=NOW - DAY, zone=WARSAW, now=NOW)

    assert isinstance(found, Due) is runs


def test_case_12_a_date_without_a_time_is_meant_at_nine_or_as_said():
    day = dt.date(2026, 12, 10)

    assert due(before(1, Unit.DAYS), day, WARSAW) == local(WARSAW, 2026, 12, 9, 9)
    assert due(before(1, Unit.DAYS, at=dt.time(7, 30)), day, WARSAW) == local(WARSAW, 2026, 12, 9, 7, 30)


@pytest.mark.parametrize(("year", "last"), [(2027, 28), (2028, 29)])
def test_case_13_a_month_after_the_31st_of_january_is_the_end_of_february(year, last):
    after = When(Anchor.FIELD, Interval(1, Unit.MONTHS), field="due")

    assert due(after, local(WARSAW, year, 1, 31, 15)) == local(WARSAW, year, 2, last, 15)


def test_case_14_a_time_that_the_clock_skips_is_an_hour_later():
    entered = local(WARSAW, 2026, 3, 28, 2, 30)

    assert due(in_(1, Unit.DAYS), entered, WARSAW).astimezone(WARSAW).time() == dt.time(3, 30)


def test_case_15_a_time_that_comes_twice_is_the_first():
    entered = local(WARSAW, 2026, 10, 24, 2, 30)

    assert due(in_(1, Unit.DAYS), entered, WARSAW) == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2026, 3, 28), 23), (dt.date(2026, 10, 24), 25), (dt.date(2026, 6, 1), 24)]
)
def test_case_16_a_day_keeps_the_wall_time_and_24_hours_elapse(day, hours):
    noon = dt.datetime.combine(day, dt.time(12), WARSAW)

    assert due(in_(1, Unit.DAYS), noon, WARSAW) - noon.astimezone(dt.UTC) == dt.timedelta(hours=hours)
    assert due(in_(24, Unit.HOURS), noon, WARSAW) - noon.astimezone(dt.UTC) == DAY


def test_case_17_tomorrow_at_nine_is_nine_in_the_zone_of_the_rule():
    tomorrow = in_(1, Unit.DAYS, at=dt.time(9))

    assert due(tomorrow, NOW, LISBON) == local(LISBON, 2026, 11, 23, 9)
    assert due(tomorrow, NOW, SAO_PAULO) == local(SAO_PAULO, 2026, 11, 23, 9)


@pytest.mark.parametrize(
    ("late", "late_after", "is_late"),
    [(25, dt.timedelta(hours=24), True), (23, dt.timedelta(hours=24), False), (900, None, False)],
)
def test_what_reaches_a_customer_does_not_come_days_later(late, late_after, is_late):
    found = Due(NOW - dt.timedelta(hours=late))

    assert is_too_late(found, now=NOW, late_after=late_after) is is_late


def test_before_a_date_the_date_itself_is_the_last_moment():
    found = plan(before(2, Unit.DAYS), since=NOW + DAY, zone=WARSAW, now=NOW)

    assert not is_too_late(found, now=NOW + DAY, late_after=dt.timedelta(hours=1))
    assert is_too_late(found, now=NOW + DAY + dt.timedelta(seconds=1), late_after=dt.timedelta(hours=1))


def test_back_and_forth_over_months_stays_within_them():
    assert add(local(WARSAW, 2026, 3, 31, 10), Interval(-1, Unit.MONTHS), WARSAW) == local(
        WARSAW, 2026, 2, 28, 10
    )
    assert add(local(WARSAW, 2026, 1, 31, 10), Interval(-2, Unit.MONTHS), WARSAW) == local(
        WARSAW, 2025, 11, 30, 10
    )


@pytest.mark.parametrize(
    ("date", "amount", "becomes"),
    [
        (dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC), 1, "parked"),
        (dt.datetime(9999, 6, 1, tzinfo=dt.UTC), 12, "parked"),
        (dt.datetime(1, 1, 1, 0, 1, tzinfo=dt.UTC), -1, "skipped"),
        (dt.datetime(1, 1, 1, 0, 1, tzinfo=dt.UTC), 1, "skipped"),
    ],
)
def test_a_date_whose_moment_lies_outside_the_years_there_are_breaks_nothing(date, amount, becomes):
    when = When(anchor=Anchor.FIELD, field="due", interval=Interval(amount, Unit.MONTHS))
    found = plan(
        when, since=date, zone=ZoneInfo("Pacific/Kiritimati"), now=dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    )
    assert found == {"parked": Parked("due"), "skipped": Missed("date_passed", date.isoformat())}[becomes]
