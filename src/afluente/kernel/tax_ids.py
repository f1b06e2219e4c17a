"""CPF and CNPJ: Brazil's numbers of people and companies, with their check digits.

From July 2026 a CNPJ may hold letters in its first twelve places; each sign then counts as its ASCII
code less 48, which for digits is what they always counted. Stored without points, shown with them.
"""

from __future__ import annotations

import re

_POINTS = re.compile(r"[\s.\-/\u00a0\u2010-\u2015]+")
_CPF = re.compile(r"[0-9]{11}")
_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}")
_CNPJ_WEIGHTS = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)


def bare(typed: str) -> str:
    """The signs alone, in capitals, without the points that people write."""
    return _POINTS.sub("", typed).upper()


def cpf(typed: str) -> str | None:
    """The eleven digits of a CPF; None when it cannot be one."""
    digits = bare(typed)
    if not _CPF.fullmatch(digits) or len(set(digits)) == 1:
        return None
    for length in (9, 10):
        total = sum(int(digit) * (length + 1 - place) for place, digit in enumerate(digits[:length]))
        if int(digits[length]) != total * 10 % 11 % 10:
            return None
    return digits


def cnpj(typed: str) -> str | None:
    """The fourteen signs of a CNPJ, of digits alone or with letters; None when it cannot be one."""
    signs = bare(typed)
    if not _CNPJ.fullmatch(signs) or len(set(signs)) == 1:
        return None
    for length in (12, 13):
        weights = _CNPJ_WEIGHTS[-length:]
        rest = sum((ord(sign) - 48) * weight for sign, weight in zip(signs, weights, strict=False)) % 11
        if int(signs[length]) != (0 if rest < 2 else 11 - rest):
            return None
    return signs


def show(signs: str) -> str:
    """A stored CPF or CNPJ as people write it; anything else as it is."""
    if _CPF.fullmatch(signs):
        return f"{signs[:3]}.{signs[3:6]}.{signs[6:9]}-{signs[9:]}"
    if _CNPJ.fullmatch(signs):
        return f"{signs[:2]}.{signs[2:5]}.{signs[5:8]}/{signs[8:12]}-{signs[12:]}"
    return signs
