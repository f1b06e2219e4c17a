"""The words that hold a piece of one, among all words of a kind (ADR 0145)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.contacts.models import ContactWord
from afluente.contacts.statements.search import known_words

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 1_000  # words that the index is asked for; a piece that stands in more is soon met in the tables


def words_with(kind: str, piece: str, *, at_end: bool = False) -> Sequence[str] | None:
    """The words with `piece` inside them or at their end, or only `at_end`; None when they are too many.

    Without those that begin with it, or are it: the index finds these by itself. Read once in a request.
    """
    known = known_words()
    key = (kind, piece, at_end)
    if key not in known:
        known[key] = _read(kind, piece, at_end)
    return known[key]


def _read(kind: str, piece: str, at_end: bool) -> Sequence[str] | None:
    found = ContactWord.objects.filter(kind=kind)
    if at_end:
        found = found.filter(word__endswith=piece).exclude(word=piece)
    else:
        found = found.filter(word__contains=piece).exclude(word__startswith=piece)
    words = found.values_list("word", flat=True)[: MOST + 1]
    return None if len(words) > MOST else sorted(set(words))
