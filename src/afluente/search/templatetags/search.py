"""`{% load search %}`: marking what was typed in what was found."""

from __future__ import annotations

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from afluente.kernel import text

register = template.Library()
FEWEST_DIGITS = 3


@register.filter
def marked(said: object, typed: str) -> SafeString:
    """`said`, escaped, with what fits `typed` in <mark>: beginnings of words, accents aside, and digits."""
    whole = str(said)
    parts = []
    last = 0
    for start, end in _joined(_places(whole, typed)):
        parts += [escape(whole[last:start]), "<mark>", escape(whole[start:end]), "</mark>"]
        last = end
    return SafeString("".join([*parts, escape(whole[last:])]))


def _places(whole: str, typed: str) -> list[tuple[int, int]]:
    """From where to where `whole` is marked, in any order."""
    folded, index = _folded(whole)
    found = []
    for word in text.norm(typed).split():
        begin = folded.find(word)
        while begin >= 0:
            if begin == 0 or not folded[begin - 1].isalnum():
                found.append((index[begin], index[begin + len(word) - 1] + 1))
            begin = folded.find(word, begin + 1)
    digits = "".join(sign for sign in typed if sign.isdigit())
    if len(digits) >= FEWEST_DIGITS and not any(sign.isalpha() for sign in typed):
        own = [place for place, sign in enumerate(whole) if sign.isdigit()]
        begin = "".join(whole[place] for place in own).find(digits)
        if begin >= 0:
            found.append((own[begin], own[begin + len(digits) - 1] + 1))
    return found


def _folded(whole: str) -> tuple[str, list[int]]:
    """The text as it is compared, and for each of its signs the place it came from."""
    signs, index = [], []
    for place, sign in enumerate(whole):
        for folded in text.norm(sign):
            signs.append(folded)
            index.append(place)
    return "".join(signs), index


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, overlapping ones made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
