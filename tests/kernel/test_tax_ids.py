"""CPF and CNPJ, also the CNPJ with letters that Brazil gives out from July 2026."""

import pytest

from afluente.kernel import tax_ids


@pytest.mark.parametrize("typed", ["529.982.247-25", "52998224725", " 529 982 247 25 "])
def test_a_cpf_is_kept_as_its_digits(typed):
    assert tax_ids.cpf(typed) == "52998224725"


@pytest.mark.parametrize("typed", ["529.982.247-26", "111.111.111-11", "5299822472", "529982247251", "A"])
def test_what_cannot_be_a_cpf_is_none(typed):
    assert tax_ids.cpf(typed) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("11.222.333/0001-81", "11222333000181"),
        ("12.ABC.345/01DE-35", "12ABC34501DE35"),
        ("12abc34501de35", "12ABC34501DE35"),
    ],
)
def test_a_cnpj_may_hold_letters(typed, kept):
    assert tax_ids.cnpj(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["11.222.333/0001-82", "12.ABC.345/01DE-36", "12ABC34501DEA5", "00000000000000", "12ÁBC34501DE35"],
)
def test_what_cannot_be_a_cnpj_is_none(typed):
    assert tax_ids.cnpj(typed) is None


def test_they_are_shown_with_their_points():
    shown = [tax_ids.show(one) for one in ("52998224725", "12ABC34501DE35", "ten")]

    assert shown == ["529.982.247-25", "12.ABC.345/01DE-35", "ten"]
