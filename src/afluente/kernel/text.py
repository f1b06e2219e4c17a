"""Texts as people write them, folded so that they can be compared."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans("łøđßæœı", "lodsaoi")
# Nothing of this can be seen: control signs, marks of direction, spaces without width, tags.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def norm(text: str) -> str:
    """Lower case, no accents; the same fold as the SQL function `af_norm`."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower().translate(_LETTERS)


def clean(text: object, *, limit: int) -> str:
    """One line of text from outside: no control or direction marks, spaces folded, cut at `limit`."""
    said = str(text)
    if said.isprintable() and "  " not in said:  # nearly every text
        return said.strip()[:limit]
    return " ".join(_CONTROL.sub("", said).split())[:limit]


def initials(name: str) -> str:
    """One or two letters for an avatar."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def split_name(full: str) -> tuple[str, str]:
    """First name and the rest: «Ana Maria de Souza» is Ana and Maria de Souza."""
    first, _, rest = full.strip().partition(" ")
    return first[:150], rest.strip()[:150]
