"""Amounts as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from afluente.kernel import money


@pytest.mark.parametrize(
    ("typed", "locale", "value"),
    [
        ("1,234.5", "en", "1234.5"),
        ("1,23,456", "en", "123456"),
        ("12,345,678", "en", "12345678"),
        ("1.234,50", "pt-br", "1234.5"),
        ("1.234.567", "pt-br", "1234567"),
        ("45,50", "pt-br", "45.5"),
        ("1 234,50 zł", "pl", "1234.5"),
        ("-1.234,5", "pt-br", "-1234.5"),
    ],
)
def test_an_amount_is_read_as_it_is_written(typed, locale, value):
    assert money.amount(typed, locale=locale) == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "locale"),
    [
        ("45,50", "en"),
        ("1,5", "en"),
        ("1.5.2", "pt-br"),
        ("1234,567", "en"),
        ("1,,234", "en"),
        ("1,2345", "en"),
    ],
)
def test_digits_grouped_where_nobody_groups_them_are_no_amount(typed, locale):
    with pytest.raises(money.BadAmountError):
        money.amount(typed, locale=locale)


@pytest.mark.parametrize("typed", ["1e9", "1E3", "99999999999999999999", "1000000000000000"])
def test_nobody_types_an_exponent_and_no_amount_has_so_many_zeros(typed):
    with pytest.raises(money.BadAmountError) as refused:
        money.amount(typed)
    words = money.why(refused.value)
    assert ("too much" in words) == ("e" not in typed.casefold())


def test_a_program_may_write_a_number_as_json_does():
    assert money.amount(1e3) == Decimal(1000)
