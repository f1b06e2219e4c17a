"""What a country suggests: its money, its clock, its language. Names come in the reader's language."""

from __future__ import annotations

import zoneinfo
from functools import lru_cache

from babel.core import Locale, get_global
from babel.numbers import get_territory_currencies
from django.utils.translation import get_language

from afluente.kernel import text

# Where most people of a country with several zones live; elsewhere the only zone is taken.
_MAIN_ZONE = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CD": "Africa/Kinshasa",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
_LANGUAGE = {"BR": "pt-br", "PT": "pt-br", "AO": "pt-br", "MZ": "pt-br", "CV": "pt-br", "PL": "pl"}
_NOT_COUNTRIES = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}


def currency_of(country: str) -> str:
    """The money of a country (ISO 4217); US dollars where there is none."""
    found = get_territory_currencies(country)
    return found[-1] if found else "USD"


def timezone_of(country: str) -> str:
    """The zone in which most people of a country live; UTC where none is known."""
    if country in _MAIN_ZONE:
        return _MAIN_ZONE[country]
    own = sorted(zone for zone, land in get_global("zone_territories").items() if land == country)
    return next((zone for zone in own if zone in timezone_names()), "UTC")


def language_of(country: str) -> str:
    """Which of our languages most people of a country read."""
    return _LANGUAGE.get(country, "en")


@lru_cache(maxsize=1)
def timezone_names() -> frozenset[str]:
    """Every zone of the time zone database."""
    return frozenset(zoneinfo.available_timezones())


def countries() -> list[tuple[str, str]]:
    """Two-letter code and name of each country, in the reader's language and its order."""
    return _countries(get_language() or "en")


def currencies() -> list[tuple[str, str]]:
    """Code and name of each currency in use now."""
    return _currencies(get_language() or "en")


def timezones() -> list[tuple[str, str]]:
    """Zones that people live in, as `America/Sao_Paulo` and `Sao Paulo, America`."""
    return list(_timezones())


def _locale(language: str) -> Locale:
    head, _, tail = language.partition("-")
    return Locale.parse(f"{head}_{tail.upper()}" if tail else head)


@lru_cache(maxsize=8)
def _countries(language: str) -> list[tuple[str, str]]:
    names = _locale(language).territories
    found = [
        (code, name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    ]
    return sorted(found, key=lambda pair: text.norm(pair[1]))


@lru_cache(maxsize=8)
def _currencies(language: str) -> list[tuple[str, str]]:
    names = _locale(language).currencies
    in_use = {currency_of(code) for code, _ in _countries(language)}
    found = [(code, f"{code} · {names.get(code, code)}") for code in sorted(in_use)]
    return sorted(found, key=lambda pair: pair[0])


@lru_cache(maxsize=1)
def _timezones() -> tuple[tuple[str, str], ...]:
    found = ["UTC"]
    found += [
        name
        for name in sorted(timezone_names())
        if "/" in name
        and not name.startswith(("Etc/", "SystemV/", "posix/", "right/", "US/", "Brazil/", "Canada/"))
    ]
    return tuple((name, name.replace("_", " ")) for name in found)
