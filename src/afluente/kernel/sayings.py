"""Sentences that are kept, and read by somebody else later: in the language of whoever reads them (ADR 0147).

`gettext` and `ngettext` stand where Django's would. What they give is text in the present language, and
remembers which sentence of the catalogue it is and what was put into it; `SayingField` keeps that, and says
it anew when it is loaded. Texts that remember nothing are kept and read as they are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _translated
from django.utils.translation import ngettext as _translated_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_stubs_ext import StrOrPromise

SIGN = "\x1f"  # begins what is kept of a sentence; no text that people send holds it
LIMIT = 1000


class Saying(str):
    """A sentence in the present language that can be said in another.

    `what` is a text as it is; or {"say": sentence, "with": {name: what}}, of a number of things {"say": [one,
    many, n]}; or {"of": [what, …], "by": the sign between them}.
    """

    what: Any

    def __new__(cls, what: Any) -> Saying:
        made = super().__new__(cls, _say(what))
        made.what = what
        return made

    def __str__(self) -> str:
        """Itself: an error that was raised with a sentence gives it back whole."""
        return self

    def format(self, *_args: object, **values: object) -> Saying:
        """The sentence with `values` in it, by name."""
        return Saying({**self.what, "with": {name: _what(value) for name, value in values.items()}})


def gettext(sentence: str) -> Saying:
    """A sentence of the catalogue."""
    return Saying({"say": sentence})


def ngettext(one: str, many: str, count: int) -> Saying:
    """A sentence of the catalogue about `count` things."""
    return Saying({"say": [one, many, count]})


def of(words: StrOrPromise) -> str:
    """Words that are translated when they are shown, as a sentence; a plain text stays what it is."""
    with translation.override(None):
        sentence = str(words)
    said, shown = gettext(sentence), str(words)
    return said if said == shown else shown  # put together of several, or of a context: kept as it is


def joined(sign: str, parts: Iterable[str]) -> str:
    """Several in one, with `sign` between them."""
    return Saying({"of": [_what(part) for part in parts], "by": sign})


def kept(said: str, limit: int = LIMIT) -> str:
    """What is kept of it, in at most `limit` characters. One that is too long is kept in the present language."""
    if isinstance(said, Saying):
        packed = SIGN + json.dumps(said.what, ensure_ascii=False, separators=(",", ":"))
        if len(packed) <= limit:
            return packed
    return str.__str__(said).lstrip(SIGN)[:limit]


def read(text: str) -> str:
    """What was kept, in the present language."""
    return Saying(json.loads(text.removeprefix(SIGN))) if text.startswith(SIGN) else text


class SayingField(models.CharField):  # type: ignore[type-arg]
    """A column of sentences: each is loaded in the present language."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return kept(value, self.max_length or LIMIT) if isinstance(value, str) else value

    def from_db_value(self, value: str | None, *_about: object) -> str | None:
        """Called for each value that is loaded."""
        return read(value) if value else value


def _what(value: object) -> Any:
    if isinstance(value, Saying):
        return value.what
    return value if isinstance(value, int | float) else str(value)


def _say(what: Any) -> str:
    if not isinstance(what, dict):
        return str(what)
    if "of" in what:
        return str(what["by"]).join(_say(part) for part in what["of"])
    sentence = what["say"]
    words = _translated_number(*sentence) if isinstance(sentence, list) else _translated(sentence)
    values: Mapping[str, Any] | None = what.get("with")
    if values is None:
        return words
    return words.format(**{name: _plain(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else _say(value)
