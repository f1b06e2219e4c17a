"""What people type into fields, read as their country writes it (crm.md 2.3)."""

import datetime as dt
import zoneinfo
from decimal import Decimal

import pytest

from afluente.contacts.selectors import Choice, KnownField, Place
from afluente.contacts.services import ValueRefusedError, read_value

BR = Place("BR", zoneinfo.ZoneInfo("America/Sao_Paulo"))
US = Place("US", zoneinfo.ZoneInfo("America/New_York"))
PL = Place("PL", zoneinfo.ZoneInfo("Europe/Warsaw"))
OPTIONS = (
    Choice(7, "Saúde", None, False),
    Choice(8, "Educação, cursos", None, False),
    Choice(9, "2024", None, True),
)


def field(kind, **values):
    known = {"format": "", "is_required": False, "is_on_card": True, "state": "active", "tab_id": None}
    known |= {"entity": "contact", "scope_id": None, "tab": "", "tab_position": -1, "name": "Unidades"}
    return KnownField(id=1, kind=kind, **(known | values))


LIST = field("select", options=OPTIONS)
LISTS = field("multiselect", options=OPTIONS)


@pytest.mark.parametrize(
    ("typed", "place", "read"),
    [
        ("1.234,56", BR, "1234.56"),
        ("1,234.56", BR, "1234.56"),
        ("1.234", BR, "1234"),
        ("1.234", US, "1.234"),
        ("1,234", US, "1234"),
        ("12.5", BR, "12.5"),
        ("1 234,5", PL, "1234.5"),
        ("-0,10", BR, "-0.1"),
        ("1.234.567", BR, "1234567"),
        ("1,234,567", BR, "1234567"),
        ("4", BR, "4"),
        (4, BR, "4"),
        (0.1, BR, "0.1"),
    ],
)
def test_numbers_are_read_as_the_country_writes_them(typed, place, read):
    assert read_value(field("number"), typed, place) == Decimal(read)


@pytest.mark.parametrize(
    "typed", ["four", "1.23.4", "1,2,3", "--4", "1e5", "NaN", "9" * 21, True, float("inf"), "."]
)
def test_what_is_no_number_is_refused_by_name(typed):
    with pytest.raises(ValueRefusedError, match=r"^Unidades: "):
        read_value(field("number"), typed, BR)


@pytest.mark.parametrize(
    ("typed", "place", "read"),
    [
        ("03/04/2026", BR, "2026-04-03T03:00Z"),
        ("03/04/2026", US, "2026-03-04T05:00Z"),
        ("3.4.26 9:05", PL, "2026-04-03T07:05Z"),
        ("2026-04-03", BR, "2026-04-03T03:00Z"),
        ("2026-04-03 14h30", BR, "2026-04-03T17:30Z"),
        ("2026-04-03T14:30", BR, "2026-04-03T17:30Z"),
        ("2026-04-03T14:30:00+00:00", BR, "2026-04-03T14:30Z"),
        ("2026-04-03T14:30:00Z", BR, "2026-04-03T14:30Z"),
    ],
)
def test_dates_come_day_first_where_people_write_them_so(typed, place, read):
    assert read_value(field("moment"), typed, place) == dt.datetime.fromisoformat(read)


@pytest.mark.parametrize(
    "typed", ["31/02/2026", "13/13/2026", "tomorrow", "03/04/2026 25:00", "0001-01-01", 5]
)
def test_what_is_no_date_is_refused_with_an_example(typed):
    with pytest.raises(ValueRefusedError, match="21/11/2026"):
        read_value(field("moment"), typed, BR)


def test_a_link_needs_http():
    assert read_value(field("link"), " https://example.com/a ", BR) == "https://example.com/a"
    for typed in ("javascript:alert(1)", "ftp://example.com", "https://", "http://[", "https://a b.com"):
        with pytest.raises(ValueRefusedError, match="https://"):
            read_value(field("link"), typed, BR)
    with pytest.raises(ValueRefusedError, match=r"https://example\.com/x"):
        read_value(field("link"), "example.com/x", BR)


def test_a_text_holds_5500_characters_and_its_lines():
    assert read_value(field("text"), "a\x00 b \r\nc", BR) == "a b\nc"
    with pytest.raises(ValueRefusedError, match="Take out 2 characters"):
        read_value(field("text"), "a" * 5502, BR)


def test_tax_numbers_are_checked_and_kept_bare():
    assert read_value(field("text", format="cpf_cnpj"), "529.982.247-25", BR) == "52998224725"
    assert read_value(field("text", format="cpf_cnpj"), "12.abc.345/01de-35", BR) == "12ABC34501DE35"
    with pytest.raises(ValueRefusedError, match="last two digits"):
        read_value(field("text", format="cpf"), "529.982.247-26", BR)
    with pytest.raises(ValueRefusedError, match="14 signs"):
        read_value(field("text", format="cnpj"), "529.982.247-25", BR)


@pytest.mark.parametrize(
    ("typed", "read"), [("sim", True), ("Nie", False), (True, True), ("0", False), ("não", False)]
)
def test_a_box_is_ticked_in_three_languages(typed, read):
    assert read_value(field("checkbox"), typed, BR) is read


@pytest.mark.parametrize("typed", ["saude", "SAÚDE", "#7", 7, "7", ["Saúde"]])
def test_a_choice_is_found_by_its_words_or_its_number(typed):
    assert read_value(LIST, typed, BR) == (7,)


def test_words_that_look_like_a_number_are_words_first():
    assert read_value(LIST, "2024", BR) == (9,)


@pytest.mark.parametrize(
    "typed", ["Saúde; Educação, cursos", ["educação, cursos", "saúde"], [8, 7], "#8\n#7", ["#8", "#7", "#7"]]
)
def test_several_choices_come_in_the_order_of_the_list(typed):
    assert read_value(LISTS, typed, BR) == (7, 8)


def test_an_unknown_choice_names_those_there_are():
    with pytest.raises(ValueRefusedError, match=r"no choice Moda\. Choose from: Saúde, Educação"):
        read_value(LIST, "Moda", BR)


@pytest.mark.parametrize("kind", ["text", "number", "moment", "link", "checkbox", "select", "multiselect"])
@pytest.mark.parametrize("typed", [None, "", "  ", []])
def test_nothing_is_nothing(kind, typed):
    assert read_value(field(kind, options=OPTIONS), typed, BR) is None
