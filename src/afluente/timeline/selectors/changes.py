"""What a `….changed` event says, as texts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from afluente.timeline.selectors import kinds
from afluente.timeline.selectors.entries import Change
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Mapping


def came_to_nothing(data: Mapping[str, Any]) -> bool:
    """Changed and changed back within one line."""
    return not changes_of(data)


def changes_of(data: Mapping[str, Any]) -> list[Change]:
    """The pairs of before and after in an event's data that differ."""
    return [
        _change(name, pair[0], pair[1]) for name, pair in data.items() if is_pair(pair) and pair[0] != pair[1]
    ]


def _change(name: str, before: Any, after: Any) -> Change:
    label = kinds.field_label(name)
    if isinstance(before, list) and isinstance(after, list):
        gone = [value for value in before if value not in after]
        come = [value for value in after if value not in before]
        return Change(label, _shown(gone), _shown(come), is_list=True)
    if (show := kinds.shower(name)) is not None:
        return Change(label, show(before), show(after))
    if name == "amount":
        return Change(label, _number(before), _number(after))
    return Change(label, _shown(before), _shown(after))


def _number(value: Any) -> str:
    try:
        return formats.number(Decimal(str(value)))
    except InvalidOperation:
        return _shown(value)


def is_pair(value: Any) -> bool:
    """Whether a value is a before and an after."""
    return isinstance(value, list) and len(value) == 2


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)
