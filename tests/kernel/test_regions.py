"""What a country suggests."""

from __future__ import annotations

import zoneinfo

import pytest
from django.utils.translation import override

from afluente.kernel import regions


@pytest.mark.parametrize(
    ("country", "currency", "zone", "language"),
    [
        ("BR", "BRL", "America/Sao_Paulo", "pt-br"),
        ("PL", "PLN", "Europe/Warsaw", "pl"),
        ("PT", "EUR", "Europe/Lisbon", "pt-br"),
        ("US", "USD", "America/New_York", "en"),
        ("XX", "USD", "UTC", "en"),
    ],
)
def test_a_country_suggests_money_clock_and_language(country, currency, zone, language):
    assert regions.currency_of(country) == currency
    assert regions.timezone_of(country) == zone
    assert regions.language_of(country) == language


def test_every_country_leads_to_a_zone_and_a_currency_that_exist():
    currencies = dict(regions.currencies())

    for code, _name in regions.countries():
        assert zoneinfo.ZoneInfo(regions.timezone_of(code))
        assert regions.currency_of(code) in currencies


def test_names_come_in_the_readers_language():
    with override("pl"):
        assert dict(regions.countries())["DE"] == "Niemcy"
    with override("pt-br"):
        assert dict(regions.countries())["DE"] == "Alemanha"
