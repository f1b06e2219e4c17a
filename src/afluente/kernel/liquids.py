"""Texts with variables that people write: the language liquid, with little room and no way to code (S-9)."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from liquid import Environment
from liquid.exceptions import LiquidError
from liquid.undefined import Undefined

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 10**30


def environment(*, room: int, loops: int = 200, escapes: bool = False) -> Environment:
    """Where texts of at most `room` characters are made. `escapes`: values are put in as HTML writes them."""

    class Limited(Environment):
        context_depth_limit = 10
        loop_iteration_limit = loops
        local_namespace_limit = room
        output_stream_limit = room

    made = Limited(undefined=Undefined, autoescape=escapes)
    made.filters = {name: _bounded(apply, room) for name, apply in made.filters.items()}
    return made


def _in_bounds(value: Any, room: int) -> Any:
    """The same value, unless nobody can mean one that large. The library limits loops, not filters."""
    is_long = isinstance(value, (str, list, tuple, range)) and len(value) > room
    if is_long or (isinstance(value, int) and abs(value) > LARGEST):
        raise LiquidError("too large", token=None)
    return value


def _bounded(apply: Callable[..., Any], room: int) -> Callable[..., Any]:
    @wraps(apply)  # with what the library reads from a filter
    def bounded(*values: Any, **named: Any) -> Any:
        for value in (*values, *named.values()):
            _in_bounds(value, room)
        return _in_bounds(apply(*values, **named), room)

    return bounded
