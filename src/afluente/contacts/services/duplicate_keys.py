"""By what contacts are looked up that may be one person: a few numbers each, equal where it matters.

Nobody is compared with everybody: two contacts are judged only when they share a key, and a key that
many share tells nothing and is passed over.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from afluente.contacts.services import duplicate_names as names
from afluente.contacts.services import duplicate_scoring as scoring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from afluente.contacts.services.duplicate_scoring import Traits


def keys(one: Traits) -> set[int]:
    """The numbers of a contact."""
    return {
        int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True)
        for key in _said(one)
    }


def _said(one: Traits) -> Iterator[str]:
    for value in one.tax_ids:
        yield f"t:{value}"
    for address in one.emails:
        yield f"e:{scoring.variant(address)}"
        if user := scoring.local(address):
            yield f"u:{user}"
    for number in one.phones:
        if digits := scoring.ending(number):
            yield f"p:{digits}"
    yield from _names(one)


def _names(one: Traits) -> Iterator[str]:
    """A name tells only together with where somebody is or works."""
    parts = names.words(one.name)
    if len(parts) < 2:
        return
    family = names.sound(parts[-1])
    hosts = {scoring.domain(address) for address in one.emails} - scoring.DOMAINS
    for first in names.formal(parts[0]):
        for company in one.companies:
            yield f"c:{company}:{first}"
        for host in hosts:
            yield f"d:{host}:{first}"
        if one.city:
            yield f"l:{one.city}:{first}:{family}"
    for company in one.companies:
        yield f"cf:{company}:{family}"
