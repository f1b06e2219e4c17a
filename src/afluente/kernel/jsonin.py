"""JSON from strangers: what Python's own reader is too kind about is refused (S-11)."""

from __future__ import annotations

import json
from typing import Any, NoReturn

DEPTH = 64


class BadJsonError(ValueError):
    """The text is no JSON, or JSON that two programs would read differently. Says where and why."""


def loads(raw: bytes) -> Any:
    """Read UTF-8 JSON: no NaN or Infinity, no name twice in one object, at most DEPTH levels.

    Raises BadJsonError with a sentence that names the fault.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadJsonError(f"The body is not UTF-8 text (byte {error.start}).") from error
    _check_depth(text)
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_repeats)
    except json.JSONDecodeError as error:
        raise BadJsonError(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError as error:
        raise BadJsonError(f"The body is nested deeper than {DEPTH} levels.") from error
    except ValueError as error:
        if isinstance(error, BadJsonError):
            raise
        raise BadJsonError("The body holds a number that is too long.") from error


def _check_depth(text: str) -> None:
    """Count brackets outside strings; cheap when there are few of them."""
    if text.count("[") + text.count("{") <= DEPTH:
        return
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > DEPTH:
                raise BadJsonError(f"The body is nested deeper than {DEPTH} levels.")
        elif character in "]}":
            depth -= 1


def _no_constant(name: str) -> NoReturn:
    raise BadJsonError(f"{name} is no JSON number.")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadJsonError(f"The name “{twice[:60]}” stands twice in one object.")
    return found
