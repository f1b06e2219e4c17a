"""JSON from strangers: what Python's own reader is too kind about is refused (S-11)."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

DEPTH = 64
NOT_TEXT = _("The body is not UTF-8 text (byte {byte}).")
NOT_JSON = _("The body is not JSON: {why} at line {line}, column {column}.")
TOO_DEEP = _("The body is nested deeper than {depth} levels.")
TOO_LONG = _("The body holds a number that is too long.")
NO_NUMBER = _("{word} is no JSON number.")
TWICE = _("The name “{name}” stands twice in one object.")
FORM_NOT_TEXT = _("The form body is not UTF-8 text.")
FORM_TOO_LONG = _("The form has more than {count} fields.")
# Whole strings, so that what is in them does not count; one pass, whatever the text is.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")


class BadJsonError(ValueError):
    """The text is no JSON, or JSON that two programs would read differently. Says where and why."""


class RepeatedNameError(BadJsonError):
    """It is JSON, and says `name` twice in one object."""

    def __init__(self, name: str) -> None:
        super().__init__(TWICE.format(name=name))
        self.name = name


def loads(raw: bytes) -> Any:
    """Read UTF-8 JSON: no NaN or Infinity, no name twice in one object, at most DEPTH levels.

    Half a character, which a sender that cuts an emoji in two leaves behind, becomes U+FFFD: no
    database and no answer could hold it. Raises BadJsonError with a sentence that names the fault.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadJsonError(NOT_TEXT.format(byte=error.start)) from error
    _check_depth(text)
    try:
        found = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_repeats)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise BadJsonError(NOT_JSON.format(why=error.msg, **place)) from error
    except RecursionError as error:
        raise BadJsonError(TOO_DEEP.format(depth=DEPTH)) from error
    except ValueError as error:
        if isinstance(error, BadJsonError):
            raise
        raise BadJsonError(TOO_LONG) from error
    return _whole(found) if _ESCAPED_HALF.search(text) else found


def worded(fault: str) -> str:
    """The sentence of a fault in a body, in the reader's language; programs and the log keep the English."""
    for template in (NOT_TEXT, NOT_JSON, TOO_DEEP, NO_NUMBER, TWICE, FORM_TOO_LONG):
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*)", re.escape(template))
        if found := re.fullmatch(pattern, fault, re.DOTALL):
            return gettext(template).format(**found.groupdict())
    return gettext(fault)


def _check_depth(text: str) -> None:
    """Count brackets outside strings; cheap when there are few of them."""
    if text.count("[") + text.count("{") <= DEPTH:
        return
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        sign = match[0]
        if sign in {"[", "{"}:
            depth += 1
            if depth > DEPTH:
                raise BadJsonError(TOO_DEEP.format(depth=DEPTH))
        elif sign in {"]", "}"}:
            depth -= 1


def _whole(found: Any) -> Any:
    """The same value with every half of a character replaced."""
    if isinstance(found, str):
        return _HALF.sub("\ufffd", found)
    if isinstance(found, list):
        return [_whole(one) for one in found]
    if isinstance(found, dict):
        return {_whole(name): _whole(value) for name, value in found.items()}
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadJsonError(NO_NUMBER.format(word=name))


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise RepeatedNameError(_whole(twice[:60]))
    return found
