"""Texts with variables that people write: the language liquid, with little room and no way to code (S-9)."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from liquid import Environment
from liquid.exceptions import (
    FilterError,
    LiquidError,
    LiquidSyntaxError,
    ResourceLimitError,
    UnknownFilterError,
)
from liquid.undefined import Undefined

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 10**30
ELSEWHERE = ("include", "render")  # they fetch other templates, of which there are none
_END = re.compile(r"expected tag (\w+)")
_TOO_LARGE = "too large"


def environment(*, room: int, loops: int = 200, escapes: bool = False) -> Environment:
    """Where texts of at most `room` characters are made. `escapes`: values are put in as HTML writes them."""

    class Limited(Environment):
        context_depth_limit = 10
        loop_iteration_limit = loops
        local_namespace_limit = room
        output_stream_limit = room

    made = Limited(undefined=Undefined, autoescape=escapes)
    for tag in ELSEWHERE:
        del made.tags[tag]
    made.filters = {name: _bounded(apply, room) for name, apply in made.filters.items()}
    return made


def _in_bounds(value: Any, room: int) -> Any:
    """The same value, unless nobody can mean one that large. The library limits loops, not filters."""
    is_long = isinstance(value, (str, list, tuple, range)) and len(value) > room
    if is_long or (isinstance(value, int) and abs(value) > LARGEST):
        raise LiquidError(_TOO_LARGE, token=None)
    return value


def _bounded(apply: Callable[..., Any], room: int) -> Callable[..., Any]:
    @wraps(apply)  # with what the library reads from a filter
    def bounded(*values: Any, **named: Any) -> Any:
        for value in (*values, *named.values()):
            _in_bounds(value, room)
        return _in_bounds(apply(*values, **named), room)

    return bounded


def why(error: LiquidError) -> str:
    """What is wrong with a text, in the reader's language: the library says it in English, over several lines."""
    said, token = str(error.message), error.token
    near = " ".join(token.value.split())[:40] if token is not None and token.start_index >= 0 else ""
    if isinstance(error, ResourceLimitError) or said == _TOO_LARGE:
        return gettext("It would become too long, or never end.")
    if isinstance(error, UnknownFilterError):
        return gettext("There is no filter {name}.").format(name=near)
    if isinstance(error, FilterError) or "argument" in type(error).__name__.lower():
        return gettext("The filter {name} is given what it cannot use.").format(name=near)
    if isinstance(error, LiquidSyntaxError):
        return _misread(said, near)
    return gettext("It cannot be filled in.")


def _misread(said: str, near: str) -> str:
    if end := _END.search(said):
        return gettext("An end is missing: {name}").format(name=f"{{% {end[1]} %}}")
    if "'}}'" in said or "'%}'" in said:
        sign = "}}" if "'}}'" in said else "%}"
        return gettext("{sign} is missing after {part}").format(sign=sign, part=near)
    if near:
        return gettext("This cannot be read: {part}").format(part=near)
    return gettext("A variable or a condition is empty, or not finished.")
