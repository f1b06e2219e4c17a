"""Filtering contacts by messenger: which one they have, a user name, a link, a number (SP-135)."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.lookups import Contains
from django.utils.translation import gettext as _

from afluente.contacts.models import ContactMessenger
from afluente.contacts.selectors import asking, chat_links
from afluente.contacts.selectors.asking import EMPTY, FILLED, Answer, Asker, BrokenError
from afluente.kernel import text

_NUMBER = re.compile(r"[+()\d\s.-]+")
_LEAST = 6  # digits that make a number; fewer are part of a name


def ask_messenger(asker: Asker) -> Answer:
    """Whether a contact has one, one of some kinds, or one whose name or number is asked for."""
    if asker.op in {EMPTY, FILLED}:
        filled = Answer(Q(_has()))
        return ~filled if asker.op == EMPTY else filled
    if asker.op == "contains":
        said = chat_links.name_in(text.clean(asker.value, limit=200))
        return _called(said.rstrip("/").rsplit("/", 1)[-1].lstrip("@"))
    kinds = asker.among(ContactMessenger.Kind.values)
    found = Answer(Q(_has(kind__in=kinds)), _any_of(kinds), is_exact=True)
    return ~found if asker.op == "is_not" else found


def _called(said: str) -> Answer:
    """By a user name, with which a link ends; by a number, with a country or without, however written."""
    if not said:
        raise BrokenError(_("A value is missing."))
    named = Q(_has(value__iregex=asking.part(said)))
    digits = "".join(sign for sign in said if sign.isdecimal() and sign.isascii())
    if not _NUMBER.fullmatch(said) or len(digits) < _LEAST:
        return Answer(named, asking.starting(":", said))
    bare = Func(F("value"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
    within = Q(bare__contains=digits) | Q(Contains(Value(digits), F("bare")), bare__regex=r"^\d{8}")
    rows = ContactMessenger.objects.annotate(bare=bare).filter(within, contact_id=OuterRef("pk"))
    return Answer(named | Q(Exists(rows)), _any_of(ContactMessenger.Kind.values))


def _has(**conditions: Any) -> Exists:
    return Exists(ContactMessenger.objects.filter(contact_id=OuterRef("pk"), **conditions))


def _any_of(kinds: list[str]) -> str:
    return asking.any_of([f"@m{kind}" for kind in kinds])
