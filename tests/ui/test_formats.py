"""Language follows the person, numbers and dates follow the region of the workspace."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone, translation

from afluente.ui import formats

NBSP = "\u00a0"
NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False), timezone.override("America/Sao_Paulo"):
        yield


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [
        ("en", "BR", f"R${NBSP}24.800"),
        ("pt-br", "BR", f"R${NBSP}24.800"),
        ("pl", "BR", f"R${NBSP}24.800"),
        ("en", "PL", f"24{NBSP}800{NBSP}R$"),
        ("en", "US", "R$24,800"),
        ("pt-br", "", f"R${NBSP}24.800"),
    ],
)
def test_money_is_written_as_in_the_region(language: str, country: str, expected: str):
    with translation.override(language), formats.region(country):
        assert formats.money(Decimal("24800.0000"), "BRL") == expected


def test_cents_are_shown_only_when_there_are_any():
    with formats.region("BR"):
        assert formats.money(Decimal("24800.5"), "BRL") == f"R${NBSP}24.800,50"
        assert formats.money(Decimal(-12), "BRL") == f"-R${NBSP}12"


def test_an_english_reader_in_brazil_sees_the_day_first():
    with translation.override("en"), formats.region("BR"):
        assert formats.when(NOON) == "21 Nov, 09:00"
        assert formats.day_name(NOON - dt.timedelta(days=2)) == "Thursday, 19 November"


def test_an_english_reader_in_the_united_states_sees_the_month_first():
    with translation.override("en"), formats.region("US"):
        assert formats.day(NOON) == "Nov 21"


def test_a_brazilian_reader_sees_portuguese_months():
    with translation.override("pt-br"), formats.region("BR"):
        assert formats.day(NOON) == "21 de nov."


def test_the_year_is_shown_when_it_is_not_this_one():
    with translation.override("en"), formats.region("BR"):
        assert formats.day(NOON.replace(year=2025)) == "21 Nov 2025"


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (dt.timedelta(seconds=59), "now"),
        (dt.timedelta(minutes=12), "12 min"),
        (dt.timedelta(hours=23, minutes=59), "23 h"),
        (dt.timedelta(days=1), "20 Nov"),
    ],
)
def test_ages_are_relative_up_to_a_day(passed: dt.timedelta, expected: str):
    with translation.override("en"), formats.region("BR"):
        assert formats.ago(NOON - passed) == expected


def test_days_have_names_of_their_own_while_they_are_near():
    with translation.override("en"):
        assert formats.day_name(NOON) == "Today"
        assert formats.day_name(NOON - dt.timedelta(days=1)) == "Yesterday"


def test_the_day_is_that_of_the_readers_zone():
    just_after_midnight_utc = dt.datetime(2026, 11, 21, 1, 0, tzinfo=dt.UTC)

    with translation.override("en"), formats.region("BR"):
        assert formats.day(just_after_midnight_utc) == "20 Nov"


def test_counts_fit_their_badge():
    with formats.region("BR"):
        assert formats.short_number(999) == "999"
        assert formats.short_number(1240) == "1,2 k"
        assert formats.number(10482) == "10.482"
        assert formats.percent(0.72) == "72 %"


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 B"),
        (1023, "1.023 B"),
        (1536, "1,5 kB"),
        (1024**2 - 1, "1 MB"),
        (200 * 1024**2, "200 MB"),
        (5 * 1024**3 // 2, "2,5 GB"),
    ],
)
def test_sizes_are_written_as_in_the_region_and_without_empty_places(count: int, expected: str):
    with formats.region("BR"):
        assert formats.size(count) == expected.replace(" ", NBSP)
