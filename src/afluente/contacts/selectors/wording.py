"""Filters in words: operators, chips, and the rows of the panel that builds them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts.selectors.filtering import all_criteria, plan
from afluente.contacts.selectors.values import number_said
from afluente.kernel.conditions import ALL, ANY, Condition, Expression
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors.criteria import Criterion

OPS: dict[str, StrOrPromise] = {
    "is": _("is"),
    "is_not": _("is not"),
    "all": _("has all of"),
    "contains": _("contains"),
    "not_contains": _("does not contain"),
    "starts": _("begins with"),
    "empty": _("is empty"),
    "filled": _("is filled in"),
    "last": _("in the last days"),
    "older": _("longer ago than days"),
    "on": _("on the day"),
    "before": _("before"),
    "after": _("after"),
    "between": _("between"),
    "eq": _("is"),
    "not_eq": _("is not"),
    "gte": _("at least"),
    "lte": _("at most"),
    "yes": _("is ticked"),
    "no": _("is not ticked"),
}
ALONE = {"empty", "filled", "yes", "no"}  # operators that ask for no value
COUNTED = {"last", "older"}  # whose value is a number of days
GONE = "?"  # what was chosen and is no more; its number says nothing to people
SHOWN = ("created", "assignee", "source", "tag")  # fields of the panel until somebody chooses others
_PART = re.compile(r"(name|op|value)-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A group of a filter, as it stands above the list. `broken` says why it cannot be asked."""

    words: str
    rest: str
    broken: str = ""


class Wanted(Protocol):
    """What the address of a list says: a filter, and the address with another one."""

    @property
    def where(self) -> Expression: ...

    def address(self, **changes: Any) -> str: ...


def chips(*, member: Membership, wanted: Wanted, known: Mapping[str, Criterion] | None = None) -> list[Chip]:
    """Every group in words, with the address of the list without it; of contacts unless `known` says what
    else can be asked.
    """
    if not wanted.where:
        return []
    known = all_criteria() if known is None else known
    broken = plan(wanted.where, member=member, known=known).broken
    joint = gettext("or") if wanted.where.match == ALL else gettext("and")
    found = []
    for place, group in enumerate(wanted.where.groups):
        others = tuple(other for n, other in enumerate(wanted.where.groups) if n != place)
        found.append(
            Chip(
                words=f" {joint} ".join(
                    say(condition, known, member, is_broken=condition in broken) for condition in group
                ),
                rest=wanted.address(where=replace(wanted.where, groups=others)),
                broken=" ".join(broken[condition] for condition in group if condition in broken),
            )
        )
    return found


def in_words(chips: Sequence[Chip], problems: Sequence[str]) -> list[str]:
    """What of a filter cannot be asked, as people read it; `problems` where it cannot be read at all."""
    return [f"{chip.words}: {chip.broken}" for chip in chips if chip.broken] or list(problems)


def say(
    condition: Condition, known: Mapping[str, Criterion], member: Membership, *, is_broken: bool = False
) -> str:
    """A condition as a person says it: `Source is Site form, API`."""
    criterion = known.get(condition.name)
    if criterion is None:
        return gettext("Deleted field")
    label = str(criterion.label)
    if condition.op in COUNTED and condition.values:
        return _say_days(label, condition)
    names = dict(criterion.choices(member)) if criterion.choices else {}
    is_gone = is_broken and criterion.choices is not None
    values = [str(names.get(value, GONE if is_gone else value)) for value in condition.values]
    if said_as := {"date": _day_said, "number": number_said}.get(criterion.control):
        values = [said_as(value) for value in values]
    joint = gettext("and") if condition.op == "between" else ","
    said = f" {joint} ".join(values) if condition.op == "between" else ", ".join(values)
    return f"{label} {OPS.get(condition.op, condition.op)} {said}".strip()


def _day_said(value: str) -> str:
    """The day as this person writes days; what is none stays as it was typed."""
    try:
        return formats.day(dt.date.fromisoformat(value))
    except ValueError:
        return value


def _say_days(label: str, condition: Condition) -> str:
    value = condition.values[0]
    days = int(value) if value.isascii() and value.isdigit() else 0
    if condition.op == "last":
        said = ngettext("{field} in the last {n} day", "{field} in the last {n} days", days)
    else:
        said = ngettext("{field} more than {n} day ago", "{field} more than {n} days ago", days)
    return said.format(field=label, n=value)


BY_PART = {"email", "messenger"}  # criteria whose «contains» finds beginnings of parts only


@dataclass(frozen=True, kw_only=True)
class Line:
    """One condition in the panel: what is chosen, and what can be."""

    key: str
    group: int
    criterion: Criterion
    op: str
    values: Sequence[str]
    choices: Sequence[tuple[str, Any]] = ()

    @property
    def ops(self) -> list[tuple[str, StrOrPromise]]:
        return [(op, OPS[op]) for op in self.criterion.ops]

    @property
    def control(self) -> str:
        """How the value is entered: text, number, days, date, dates, numbers, choices, or not at all."""
        if self.op in ALONE:
            return ""
        if self.op in COUNTED:
            return "days"
        kind = "text" if self.op == "contains" else self.criterion.control
        return f"{kind}s" if self.op == "between" else kind

    @property
    def hint(self) -> str:
        """What is looked for, where it is less than «contains» may promise."""
        is_address = self.criterion.slug in BY_PART and self.op in {"contains", "not_contains"}
        return gettext("The beginning of a part of it") if is_address else ""

    @property
    def first(self) -> str:
        return self._boxes[0]

    @property
    def second(self) -> str:
        return self._boxes[1]

    @property
    def _boxes(self) -> list[str]:
        said = number_said if self.control in {"number", "numbers"} else str
        return [*map(said, self.values[:2]), "", ""]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A filter that is being built: groups of (criterion, operator, values)."""

    groups: tuple[tuple[Condition, ...], ...] = ()
    match: str = ALL

    @classmethod
    def of(cls, expression: Expression, fields: Sequence[str]) -> Draft:
        """The filter there is, and the fields somebody wants to see without having filled them in."""
        said = {condition.name for condition in expression}
        empty = tuple((Condition(name, ""),) for name in fields if name not in said)
        return cls(groups=(*expression.groups, *empty), match=expression.match)

    @classmethod
    def read(cls, data: QueryDict) -> Draft:
        """What the panel sent."""
        found: dict[tuple[int, int], dict[str, list[str]]] = {}
        for key in data:
            if part := _PART.fullmatch(key):
                place = (int(part[2]), int(part[3]))
                found.setdefault(place, {})[part[1]] = [value.strip() for value in data.getlist(key)]
        groups: dict[int, list[Condition]] = {}
        for place in sorted(found):
            parts = found[place]
            name, op = (parts.get(one, [""])[-1] for one in ("name", "op"))
            values = tuple(value for value in parts.get("value", ()) if value)
            groups.setdefault(place[0], []).append(Condition(name, op, values))
        return cls(groups=tuple(map(tuple, groups.values())), match=ANY if data.get("match") == ANY else ALL)

    def counted(self, known: Mapping[str, Criterion], read: Callable[[str], str]) -> Draft:
        """With the numbers that were typed as an address says them, by `read`."""
        numbers = {slug for slug, criterion in known.items() if criterion.control == "number"}
        groups = (
            tuple(
                replace(one, values=tuple(map(read, one.values))) if one.name in numbers else one
                for one in group
            )
            for group in self.groups
        )
        return replace(self, groups=tuple(groups))

    def add(self, name: str, group: int | None = None) -> Draft:
        """One condition more, in a group that is there or in one of its own."""
        fresh = Condition(name, "")
        if group is None or group >= len(self.groups):
            return replace(self, groups=(*self.groups, (fresh,)))
        changed = [(*one, fresh) if n == group else one for n, one in enumerate(self.groups)]
        return replace(self, groups=tuple(changed))

    def without(self, group: int, place: int) -> Draft:
        kept = [
            tuple(one for m, one in enumerate(conditions) if (n, m) != (group, place))
            for n, conditions in enumerate(self.groups)
        ]
        return replace(self, groups=tuple(one for one in kept if one))

    def acted(self, act: str, place: str, first: str) -> Draft:
        """After a button of the panel: `group`, `add` to a group, `remove` one; `first` is asked at first."""
        numbers = [int(part) for part in place.split("-") if part.isdigit() and len(part) < 3]
        if act == "group":
            return self.add(first)
        if act == "add" and len(numbers) == 1:
            return self.add(first, numbers[0])
        return self.without(*numbers) if act == "remove" and len(numbers) == 2 else self

    def expression(self, known: Mapping[str, Criterion]) -> Expression:
        """The filter it says; conditions without a value say nothing yet."""
        groups = [tuple(one for one in map(_settled(known), group) if one) for group in self.groups]
        return Expression(tuple(group for group in groups if group), self.match)

    def lines(self, known: Mapping[str, Criterion], member: Membership) -> list[list[Line]]:
        """The panel's rows. A field that is gone is left out: the chip above the list still tells of it."""
        found = [
            [
                _line(condition, known[condition.name], (n, m), member)
                for m, condition in enumerate(group)
                if condition.name in known
            ]
            for n, group in enumerate(self.groups)
        ]
        return [group for group in found if group]


def _settled(known: Mapping[str, Criterion]) -> Any:
    def settle(condition: Condition) -> Condition | None:
        criterion = known.get(condition.name)
        if criterion is None:
            return None
        op = condition.op if condition.op in criterion.ops else criterion.ops[0]
        if op in ALONE:
            return Condition(condition.name, op) if condition.op else None
        return Condition(condition.name, op, condition.values) if condition.values else None

    return settle


def _line(condition: Condition, criterion: Criterion, place: tuple[int, int], member: Membership) -> Line:
    op = condition.op if condition.op in criterion.ops else criterion.ops[0]
    choices = list(criterion.choices(member)) if criterion.choices else []
    offered = {value for value, _label in choices}
    values = (
        [v for v in condition.values if v in offered] if choices and op != "contains" else condition.values
    )
    return Line(
        key=f"{place[0]}-{place[1]}",
        group=place[0],
        criterion=criterion,
        op=op,
        values=values,
        choices=choices,
    )
