"""Cells that a spreadsheet shows and never runs (S-8)."""

from __future__ import annotations

import unicodedata

_STARTS = frozenset("=+-@\t\r\n|%")
_GUARD = "'"


def guarded(cell: str) -> str:
    """The text with an apostrophe before it when a spreadsheet could take it for a formula.

    Signs that look like the dangerous ones, or hide before them, count too. What already begins with
    apostrophes before such a sign gets one more, so that `unguarded` gives back exactly what was there.
    """
    return f"{_GUARD}{cell}" if _is_dangerous(cell) else cell


def unguarded(cell: str) -> str:
    """The text that `guarded` made safe; another text as it is."""
    return cell[1:] if cell.startswith(_GUARD) and _is_dangerous(cell[1:]) else cell


def _is_dangerous(cell: str) -> bool:
    plain = cell.lstrip(_GUARD)
    if plain[:1] in {"\t", "\r", "\n"}:
        return True
    for sign in plain:
        folded = unicodedata.normalize("NFKC", sign)
        if sign.isspace() or unicodedata.category(sign) in {"Cc", "Cf", "Zs", "Mn"} or not folded.strip():
            continue
        return folded[0] in _STARTS
    return False
