"""Conditions and changes as rows of a form: as many as wanted, added and taken out with or without script."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine import conditions as engine
from afluente.automation.engine.records import Kind
from afluente.automation.selectors.words import OPS, WEEKDAYS
from afluente.contacts.selectors.wording import ALONE
from afluente.kernel import conditions as written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from afluente.automation.selectors.naming import Names

MOST_ROWS = 60
TWO = {"between", "clock"}
DAYS = {"last", "next"}
MANY = {Kind.CHOICE, Kind.MANY}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One condition as it is typed. `look` says which controls its values have; `prefix` begins their names."""

    number: int
    group: int
    name: str = ""
    op: str = ""
    values: tuple[str, ...] = ()
    fields: Sequence[tuple[str, StrOrPromise]] = ()
    ops: Sequence[tuple[str, StrOrPromise]] = ()
    look: str = ""
    choices: Sequence[tuple[str, StrOrPromise]] = ()
    error: str = ""

    @property
    def first(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def second(self) -> str:
        return self.values[1] if len(self.values) > 1 else ""


@dataclass(kw_only=True)
class Asked:
    """All conditions of a rule. `match` as in filters: any, groups of which one is enough, or all."""

    match: str = written.ANY
    groups: list[list[Row]] = field(default_factory=list)

    @property
    def is_any(self) -> bool:
        return self.match == written.ANY

    @property
    def has_errors(self) -> bool:
        return any(row.error for group in self.groups for row in group)

    def where(self) -> list[str]:
        """As it is kept."""
        said = [
            "|".join(str(written.Condition(row.name, row.op, row.values)) for row in group)
            for group in self.groups
        ]
        return [one for one in said if one]


def from_kept(where: Sequence[str], match: str, names: Names) -> Asked:
    """The rows of conditions that are kept. What must all hold becomes one group of which every one must."""
    try:
        asked = written.read(list(where), match)
    except written.UnreadableError:
        return Asked()
    groups = [list(group) for group in asked.groups]
    is_plain = asked.match != written.ANY and all(len(group) == 1 for group in groups)
    if is_plain and groups:
        groups = [[one for group in groups for one in group]]
    said = written.ANY if is_plain else asked.match
    count = 0
    made: list[list[Row]] = []
    for group_number, group in enumerate(groups):
        made.append([])
        for one in group:
            made[-1].append(_row(count, group_number, one.name, one.op, one.values, names))
            count += 1
    return Asked(match=said, groups=made)


def from_typed(data: QueryDict, names: Names, *, checks: bool) -> Asked:
    """The rows as they were sent, in their order; buttons `and` (a group) and `or` add one, `drop` takes one out."""
    match = written.ALL if data.get("match") == written.ALL else written.ANY
    numbers = [int(one) for one in data.getlist("row") if one.isdigit() and len(one) < 4][:MOST_ROWS]
    groups: dict[int, list[Row]] = {}
    for number in numbers:
        if data.get("drop") == str(number):
            continue
        said = str(data.get(f"c{number}-group", ""))
        group = int(said) if said.isdigit() and len(said) < 4 else 0
        row = _row(
            number,
            group,
            data.get(f"c{number}-name", ""),
            data.get(f"c{number}-op", ""),
            tuple(one for one in data.getlist(f"c{number}-value") if one != ""),
            names,
            checks=checks,
        )
        if not checks or row.name:
            groups.setdefault(group, []).append(row)
    free = max(numbers, default=-1) + 1
    if "and" in data or "or" in data:
        into = (
            int(wish)
            if (wish := str(data.get("and", ""))).isdigit() and len(wish) < 4
            else max(groups, default=-1) + 1
        )
        groups.setdefault(into, []).append(_row(free, into, "", "", (), names))
    return Asked(match=match, groups=[groups[number] for number in sorted(groups)])


def _row(
    number: int,
    group: int,
    name: str,
    op: str,
    values: tuple[str, ...],
    names: Names,
    *,
    checks: bool = False,
) -> Row:
    kind = names.kinds.get(name)
    offered = _ops(kind)
    if kind is not None and op not in dict(offered):
        op, values = offered[0][0], ()
    look = _look(kind, op)
    if look == "none":
        values = ()
    error = _error(name, op, values, names) if checks and name else ""
    fields = [(one, label) for one, label in names.fields.items() if one in names.kinds]
    if name and kind is None:
        fields.append((name, _("Gone: choose another")))
    choices = (
        list(WEEKDAYS.items()) if look == "many" and op == "weekday" else list(names.options.get(name, ()))
    )
    return Row(
        number=number,
        group=group,
        name=name,
        op=op,
        values=values,
        fields=fields,
        ops=offered,
        look=look if name else "none",
        choices=choices,
        error=error,
    )


def _ops(kind: Kind | None) -> list[tuple[str, StrOrPromise]]:
    if kind is None:
        return []
    own = [(op, OPS.get(op, op)) for op in engine.OPERATORS.get(kind, {})]
    return [*own, ("empty", OPS["empty"]), ("filled", OPS["filled"])]


def _look(kind: Kind | None, op: str) -> str:
    """Which controls the values of a condition have."""
    if kind is None or op in ALONE:
        return "none"
    if op == "clock":
        return "times"
    if op in DAYS:
        return "days"
    if op == "weekday" or kind in MANY:
        return "many"
    if kind in {Kind.MOMENT, Kind.DAY}:
        return "dates" if op == "between" else "date"
    if kind in {Kind.NUMBER, Kind.MONEY}:
        return "numbers" if op == "between" else "number"
    return "text"


def _error(name: str, op: str, values: tuple[str, ...], names: Names) -> str:
    """What is wrong with one condition, in words; the engine has the last one."""
    if names.kinds.get(name) is None:
        return gettext("This field is gone. Choose another one, or take the condition out.")
    if op not in ALONE and (not values or (op in TWO and len(values) < 2)):
        return gettext("Say what it is compared with.")
    one = written.Expression(((written.Condition(name, op, values),),))
    try:
        engine.compile_expression(one, names.kinds)
    except engine.InvalidConditionError:
        return gettext("This value cannot be read.")
    return ""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field that a rule changes, as it is typed: a value, or another field's."""

    number: int
    field: str = ""
    value: str = ""
    values: tuple[str, ...] = ()
    source: str = ""
    appends: bool = False
    look: str = "text"
    choices: Sequence[tuple[str, StrOrPromise]] = ()
    error: str = ""

    def kept(self) -> dict[str, Any]:
        """As an action of the kind `modify` is told it."""
        said: dict[str, Any] = {"field": self.field}
        if self.source:
            said["from"] = self.source
        else:
            said["value"] = (
                [int(one) for one in self.values if one.isdigit()] if self.look == "many" else self.value
            )
        return said | ({"append": True} if self.appends else {})


def change_of(number: int, said: Mapping[str, Any], names: Names, error: str = "") -> Change:
    """A row of what is kept or was sent."""
    name, value = str(said.get("field", "")), said.get("value", "")
    kind = names.kinds.get(name)
    looks = {
        Kind.CHOICE: "one",
        Kind.MANY: "many",
        Kind.FLAG: "flag",
        Kind.MOMENT: "moment",
        Kind.DAY: "date",
    }
    values = tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()
    return Change(
        number=number,
        field=name,
        value=values[0] if values else "" if value is None else str(value),
        values=values or ((str(value),) if value not in (None, "") else ()),
        source=str(said.get("from") or ""),
        appends=bool(said.get("append")),
        look=looks.get(kind, "text") if kind else "text",
        choices=list(names.options.get(name, ())),
        error=error,
    )
