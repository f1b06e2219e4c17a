"""Deal names from templates such as `{{ name }} from {{ utm_source }}`, without running any code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any

from liquid import Environment
from liquid.exceptions import LiquidError
from liquid.undefined import Undefined

from afluente.kernel import text

LIMIT = 255
ROOM = 4000  # characters of a text, members of a list, on the way to a name
LARGEST = 10**30
_SIMPLE = re.compile(r"{{\s*([a-z_][a-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)?)\s*}}")

Renderer = Callable[[Mapping[str, Any]], str]


class BadTemplateError(ValueError):
    """The template cannot be read; the message says where."""


class _Limited(Environment):
    """A template gets little room: it names a deal (spec: texts with variables)."""

    context_depth_limit = 10
    loop_iteration_limit = 200
    local_namespace_limit = ROOM
    output_stream_limit = ROOM


def _in_bounds(value: Any) -> Any:
    """The same value, unless nobody can mean one that large. The library limits loops, not filters."""
    is_long = isinstance(value, (str, list, tuple, range)) and len(value) > ROOM
    if is_long or (isinstance(value, int) and abs(value) > LARGEST):
        raise LiquidError("too large for a name", token=None)
    return value


def _bounded(apply: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(apply)  # with what the library reads from a filter
    def bounded(*values: Any, **named: Any) -> Any:
        for value in (*values, *named.values()):
            _in_bounds(value)
        return _in_bounds(apply(*values, **named))

    return bounded


_environment = _Limited(undefined=Undefined, autoescape=False)
_environment.filters = {name: _bounded(apply) for name, apply in _environment.filters.items()}


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
        raise BadTemplateError(str(error)) from error

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
