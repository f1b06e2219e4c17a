"""What a person typed, as a question to the search index (ADR 0050)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from afluente.contacts import policies
from afluente.contacts.models import Contact
from afluente.contacts.statements import search
from afluente.kernel import text
from afluente.kernel.words import OneOf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership
    from afluente.contacts.models import ContactQuerySet

NOBODY = 0
TERMS = 8  # words of a search that count
LONGEST = 60  # characters of a word that the index keeps
DIGITS = 20
CHUNK = 5_000  # contacts looked at in one step
STEEP = 8  # a step is at most so many times the last
FEWEST_DIGITS = 3
DIGITS_IN_WORDS = 5  # more than these begin no name and no address: only numbers are looked at
# The same signs as in statements.search.INDEX.
_SEPARATORS = re.compile("[\x00-\x2f:-@\\[-`{-\x7f\u00a0\u2000-\u206f]+")
_NUMBER = re.compile(r"[+()./\-0-9]+")


def find_ids(
    *,
    member: Membership,
    typed: str,
    limit: int,
    before_id: int | None = None,
    source: str = "",
    assignee_id: int | None = None,
) -> list[int]:
    """Ids of up to `limit` contacts that `member` sees and that fit all words of `typed`, newest first.

    A word fits the beginning of a name word, an address or a part of one, accents aside; three digits
    or more fit anywhere in a number. `source` and `assignee_id` (NOBODY for none) narrow it.
    """
    if not policies.may_list(member):
        return []
    query = build_query(
        typed, source=source, assignee_id=assignee_id, seen=policies.assignees_seen_by(member)
    )
    if query is None:
        return []
    return walk(query, policies.listed_to(member), limit=limit, before_id=before_id)


def walk(
    query: search.Query,
    among: ContactQuerySet,
    *,
    limit: int,
    before_id: int | None = None,
) -> list[int]:
    """Ids of up to `limit` contacts that fit the index and are `among`, newest first."""

    def offered(most: int, below: int | None) -> list[int]:
        return search.find(query, limit=most, before_id=below)

    return _sift(offered, among, limit=limit, before_id=before_id)


def walk_along(
    rows: QuerySet[Any],
    among: ContactQuerySet,
    *,
    limit: int,
    before_id: int | None = None,
) -> list[int]:
    """Ids of up to `limit` contacts that `rows` of another table name and that are `among`, newest first."""

    def offered(most: int, below: int | None) -> list[int]:
        named = rows if below is None else rows.filter(contact_id__lt=below)
        return list(named.order_by("-contact_id").values_list("contact_id", flat=True).distinct()[:most])

    return _sift(offered, among, limit=limit, before_id=before_id)


def _sift(
    offered: Callable[[int, int | None], list[int]],
    among: ContactQuerySet,
    *,
    limit: int,
    before_id: int | None,
) -> list[int]:
    """Of what is offered, the newest first, those that are `among`: looked at in steps, each as large as it
    takes to fill the page if the others are like those before, and not much larger than the last.
    """
    found: list[int] = []
    looked, step = 0, limit
    while True:
        ids = offered(step, before_id)
        kept = set(among.filter(OneOf(ids)).values_list("pk", flat=True))
        found += [contact_id for contact_id in ids if contact_id in kept]
        looked += len(ids)
        if len(found) >= limit or len(ids) < step:
            return found[:limit]
        needed = (limit - len(found)) * looked * 3 // (2 * len(found)) if found else CHUNK
        before_id, step = ids[-1], max(limit, min(needed, step * STEEP, CHUNK))


def search_contacts(*, member: Membership, typed: str, limit: int = 10) -> list[Contact]:
    """The newest contacts that fit `typed`, with their addresses, for pickers and the palette."""
    ids = find_ids(member=member, typed=typed, limit=limit)
    found = Contact.objects.filter(pk__in=ids).prefetch_related("emails", "phones").order_by("-pk")
    return list(found)


def build_query(
    typed: str,
    *,
    source: str = "",
    assignee_id: int | None = None,
    seen: Sequence[int] | None = None,
    token: str = "",
) -> search.Query | None:
    """The question to the index; None when nothing that was typed can be looked up.

    `token` is a tsquery that must hold besides, such as a filter; it may stand alone.
    """
    words, digits = _split(text.norm(text.clean(typed, limit=200)))
    parts = [starts(f"={word}" if "@" in word else f":{word}") for word in words]
    fragment_words = starts(f":{digits}") if 0 < len(digits) <= DIGITS_IN_WORDS else ""
    if digits:
        standing = " & ".join(exact(f"#{piece}") for piece in _pieces(digits))
        parts.append(f"(({standing}) | {fragment_words})" if fragment_words else standing)
    if token and (parts or not typed):
        parts.append(f"({token})")
    if not parts:
        return None
    if source:
        parts.append(exact(f"@s{text.clean(source, limit=20)}"))
    if assignee_id is not None:
        parts.append(exact(f"@a{assignee_id}"))
    if seen is not None:
        parts.append(f"({_any(f'@a{number}' for number in (NOBODY, *seen))})")
    return search.Query(" & ".join(parts), digits, fragment_words)


def _split(folded: str) -> tuple[list[str], str]:
    """Words, and the one run of digits looked for in numbers: «(11) 98412» typed with spaces is one."""
    words: list[str] = []
    digits = ""
    for token in folded.split():
        if _NUMBER.fullmatch(token) and any(sign.isdigit() for sign in token):
            digits += re.sub(r"\D", "", token)
        elif "@" in token.lstrip("@"):  # «ana@» asks for addresses, «@ana» for a name
            words.append(token.strip(",;<>()\"'"))
        else:
            words += [word for word in _SEPARATORS.split(token) if word]
    if 0 < len(digits) < FEWEST_DIGITS:
        words.append(digits)
        digits = ""
    return words[:TERMS], digits[:DIGITS]


def _pieces(digits: str) -> list[str]:
    """Three digits each, from the end, where numbers differ most; three pieces narrow it enough."""
    starts = range(len(digits) - 3, -1, -3)[:3]
    return sorted({digits[start : start + 3] for start in (*starts, 0 if len(digits) < 6 else starts[0])})


def words_of(typed: str) -> list[str]:
    """The first words of a text as the index splits it, folded."""
    return every_word(typed)[:TERMS]


def every_word(said: str) -> list[str]:
    """The words of a text as the index splits it, folded."""
    return [word for word in _SEPARATORS.split(text.norm(said)) if word]


def starts(word: str) -> str:
    """Lexemes that begin so, as a tsquery."""
    return f"{exact(word[: LONGEST + 1])}:*"


def exact(lexeme: str) -> str:
    """One lexeme, quoted as tsquery wants it: whatever is inside is data."""
    quoted = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{search.BLOCK}{quoted}'"


def _any(lexemes: Iterable[str]) -> str:
    return " | ".join(exact(lexeme) for lexeme in lexemes)
