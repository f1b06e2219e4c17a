"""Deal names from templates such as `{{ name }} from {{ utm_source }}`, without running any code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from liquid.exceptions import LiquidError

from afluente.kernel import liquids, text

LIMIT = 255
ROOM = 4000  # characters of a text, members of a list, on the way to a name
_SIMPLE = re.compile(r"{{\s*([a-z_][a-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)?)\s*}}")

Renderer = Callable[[Mapping[str, Any]], str]


class BadTemplateError(ValueError):
    """The template cannot be read; the message says where."""


_environment = liquids.environment(room=ROOM)


@lru_cache(maxsize=512)
def compiled(template: str) -> Renderer:
    """A function from variables to text. Raises BadTemplateError.

    Templates made of plain variables, nearly all of them, are filled in without the library.
    """
    rest = _SIMPLE.sub("", template)
    if "{{" not in rest and "{%" not in rest:
        return _plain(_SIMPLE.split(template))
    try:
        parsed = _environment.from_string(template)
    except LiquidError as error:
        raise BadTemplateError(liquids.why(error)) from error

    def render(variables: Mapping[str, Any]) -> str:
        return parsed.render(**variables)

    return render


def _plain(parts: list[str]) -> Renderer:
    def render(variables: Mapping[str, Any]) -> str:
        return "".join(part if n % 2 == 0 else _look_up(part, variables) for n, part in enumerate(parts))

    return render


def _look_up(name: str, variables: Mapping[str, Any]) -> str:
    first, _, second = name.partition(".")
    value = variables.get(first, "")
    if second:
        value = value.get(second, "") if isinstance(value, Mapping) else ""
    return "" if isinstance(value, Mapping) else str(value)


def deal_name(template: str, variables: Mapping[str, Any]) -> str:
    """The name of a deal; '' when the template says nothing or fails (the number is used, Q14)."""
    try:
        return text.clean(compiled(template)(variables), limit=LIMIT)
    except Exception:  # noqa: BLE001  filters raise what Python does; no lead fails for want of a name
        return ""
