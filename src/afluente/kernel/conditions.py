"""A filter as one address: conditions, in groups, as screens and the API write them.

    where=source.is:form,webhook & where=created.last:90|tag.is:7 & match=all

Each `where` is a group of conditions parted by `|`; a condition is `name.operator:value,value`. With
`match=all` (what is meant when nothing is said) every group must hold and one condition of each is
enough; with `match=any` one group is enough and all of its conditions must hold. Inside values `%`,
`,` and `|` are written %25, %2C and %7C, besides what an address needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_GROUPS, MOST_CONDITIONS, MOST_VALUES = 20, 20, 200
LONGEST = 200  # characters of a value
ALL, ANY = "all", "any"
_CONDITION = re.compile(r"([a-z0-9_-]{1,60})\.([a-z_]{1,20})(?::(.*))?", re.DOTALL)
_ESCAPES = (("%", "%25"), (",", "%2C"), ("|", "%7C"))


class UnreadableError(ValueError):
    """What was given is no filter; the text says what is wrong with which part."""


@dataclass(frozen=True)
class Condition:
    """One thing asked of a record: `created.last:90`."""

    name: str
    op: str
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = ",".join(_escape(value) for value in self.values)
        return f"{self.name}.{self.op}" + (f":{said}" if self.values else "")


@dataclass(frozen=True)
class Expression:
    """Groups of conditions; see the module. Empty: everything fits."""

    groups: tuple[tuple[Condition, ...], ...] = ()
    match: str = ALL

    def __bool__(self) -> bool:
        return bool(self.groups)

    def __iter__(self) -> Iterator[Condition]:
        return (condition for group in self.groups for condition in group)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What stands in an address, in its order."""
        said = [("where", "|".join(map(str, group))) for group in self.groups]
        return [*said, ("match", ANY)] if self.match == ANY and len(said) > 1 else said


def read(wheres: Sequence[str], match: str = ALL) -> Expression:
    """The expression that the values of `where` and `match` say. Raises UnreadableError."""
    if match not in {"", ALL, ANY}:
        raise UnreadableError(gettext("match is “{typed}”: say all or any.").format(typed=match[:20]))
    groups = [_group(where) for where in wheres if where.strip()]
    if len(groups) > MOST_GROUPS:
        raise UnreadableError(gettext("More than {n} groups of conditions.").format(n=MOST_GROUPS))
    return Expression(tuple(groups), ANY if match == ANY else ALL)


def read_query(query: Mapping[str, Sequence[str]]) -> Expression:
    """From lists of values by name, as `dict(request.GET.lists())` gives them. Raises UnreadableError."""
    return read(query.get("where", ()), (list(query.get("match", ())) or [ALL])[-1])


def _group(where: str) -> tuple[Condition, ...]:
    parts = where.split("|")
    if len(parts) > MOST_CONDITIONS:
        raise UnreadableError(gettext("More than {n} conditions in a group.").format(n=MOST_CONDITIONS))
    return tuple(_condition(part) for part in parts)


def _condition(part: str) -> Condition:
    found = _CONDITION.fullmatch(part.lstrip())
    if found is None:
        sentence = gettext("“{typed}” is no condition: write name.operator:value.")
        raise UnreadableError(sentence.format(typed=part[:60]))
    name, op, said = found.groups()
    values = tuple(_unescape(value) for value in _split(said))
    if len(values) > MOST_VALUES:
        raise UnreadableError(gettext("More than {n} values for {name}.").format(n=MOST_VALUES, name=name))
    if any(len(value) > LONGEST for value in values):
        sentence = gettext("A value for {name} has more than {n} characters.")
        raise UnreadableError(sentence.format(name=name, n=LONGEST))
    return Condition(name, op, values)


def _split(said: str | None) -> Iterable[str]:
    return said.split(",") if said else ()


def _escape(value: str) -> str:
    for sign, written in _ESCAPES:
        value = value.replace(sign, written)
    return value


def _unescape(value: str) -> str:
    for sign, written in reversed(_ESCAPES):
        value = value.replace(written, sign)
    return value.replace("\x00", "")
