"""Whether a record fits, in the language of filters (kernel.conditions), compiled once for each version (S-COND)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from afluente.automation.engine.records import Kind, Money, plain
from afluente.kernel import text
from afluente.kernel.conditions import ANY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from afluente.automation.engine.nodes import Case
    from afluente.automation.engine.records import Catalogue, Record
    from afluente.kernel.conditions import Condition, Expression


class InvalidConditionError(ValueError):
    """A condition that cannot be asked; the text names it and what is wrong. It is neither true nor false."""


@dataclass(frozen=True)
class Asked:
    """What one condition compared: itself, the value it met, and what came of it."""

    condition: str
    value: str
    holds: bool


@dataclass(frozen=True)
class Verdict:
    """Whether a record fits, and what was compared until that was clear."""

    holds: bool
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class Moment:
    """When it is asked, and by whose clock days and hours are meant."""

    now: dt.datetime
    zone: ZoneInfo


Test = Callable[[Any, Moment], bool]
Compiled = Callable[["Record", Moment], Verdict]
Ways = list[tuple[Compiled, str]] | InvalidConditionError


def compile_expression(expression: Expression, catalogue: Catalogue) -> Compiled:
    """A function that asks `expression`. Raises InvalidConditionError, which names the condition."""
    if not expression:
        return lambda _record, _moment: Verdict(True)
    is_any = expression.match == ANY
    groups = [[_compiled(one, catalogue) for one in group] for group in expression.groups]

    def ask(record: Record, moment: Moment) -> Verdict:
        asked: list[Asked] = []
        for group in groups:
            # Of groups that must all hold one condition is enough; of groups of which one is enough, all.
            holds = _holds(group, record, moment, asked, until=not is_any)
            if holds is is_any:
                return Verdict(holds, tuple(asked))
        return Verdict(not is_any, tuple(asked))

    return ask


def _holds(
    group: list[tuple[str, str, Test]], record: Record, moment: Moment, asked: list[Asked], *, until: bool
) -> bool:
    """Ask one condition after another until one is `until`; whether the group holds."""
    for name, said, test in group:
        value = record.get(name)
        holds = test(value, moment)
        asked.append(Asked(said, plain(value), holds))
        if holds is until:
            return until
    return not until


def _compiled(condition: Condition, catalogue: Catalogue) -> tuple[str, str, Test]:
    kind = catalogue.get(condition.name)
    if kind is None:
        raise InvalidConditionError(f"There is no field {condition.name} any more.")
    if condition.op in {"empty", "filled"}:
        wanted = condition.op == "empty"
        return condition.name, str(condition), lambda value, _moment: _is_empty(value) is wanted
    make = OPERATORS.get(kind, {}).get(condition.op)
    if make is None:
        raise InvalidConditionError(f"{condition.name} ({kind}) cannot be asked “{condition.op}”.")
    try:
        test = make(condition.values)
    except (ValueError, IndexError, InvalidOperation) as wrong:
        raise InvalidConditionError(f"“{condition}” has no value that can be read.") from wrong
    return condition.name, str(condition), test


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == frozenset()


Values = tuple[str, ...]
FARTHEST = 365_000  # days from today that a condition may look


def _not(make: Callable[[Values], Test]) -> Callable[[Values], Test]:
    """The opposite, which is also true of what is empty."""

    def made(values: Values) -> Test:
        test = make(values)
        return lambda value, moment: not test(value, moment)

    return made


def _filled(test: Test) -> Test:
    """Nothing is smaller, larger or equal to nothing."""
    return lambda value, moment: not _is_empty(value) and test(value, moment)


# Texts: without case and accents, as people compare them.


def _text_is(values: Values) -> Test:
    wanted = {text.norm(value) for value in _some(values)}
    return _filled(lambda value, _moment: text.norm(value) in wanted)


def _text_contains(values: Values) -> Test:
    wanted = [text.norm(value) for value in _some(values)]
    return _filled(lambda value, _moment: any(part in text.norm(value) for part in wanted))


def _text_starts(values: Values) -> Test:
    wanted = tuple(text.norm(value) for value in _some(values))
    return _filled(lambda value, _moment: text.norm(value).startswith(wanted))


def _some(values: Values) -> Values:
    """At least one value. Raises ValueError."""
    if not any(value.strip() for value in values):
        raise ValueError
    return values


# Numbers and money.


def _number(said: str) -> Decimal:
    number = Decimal(said.strip().replace(",", "."))
    if not number.is_finite():
        raise ValueError
    return number


def _compared(good: Callable[[Decimal, list[Decimal]], bool], count: int) -> Callable[[Values], Test]:
    """A comparison with `count` numbers; money only where the currency is the one named, if one is named."""

    def made(values: Values) -> Test:
        said = [value.split() for value in values[:count]]
        numbers = [_number(parts[0]) for parts in said]
        if len(numbers) < count:
            raise ValueError
        currency = next((parts[1].upper() for parts in said if len(parts) > 1), "")

        def test(value: Any, _moment: Moment) -> bool:
            if isinstance(value, Money):
                return currency in {"", value.currency} and good(value.amount, numbers)
            return good(Decimal(value), numbers)

        return _filled(test)

    return made


NUMBERS = {
    "eq": _compared(lambda value, said: value == said[0], 1),
    "gt": _compared(lambda value, said: value > said[0], 1),
    "lt": _compared(lambda value, said: value < said[0], 1),
    "gte": _compared(lambda value, said: value >= said[0], 1),
    "lte": _compared(lambda value, said: value <= said[0], 1),
    "between": _compared(lambda value, said: said[0] <= value <= said[1], 2),
}
NUMBERS["not_eq"] = _not(NUMBERS["eq"])


# Days and moments, by the rule's clock.


def _day_of(value: dt.date, zone: ZoneInfo) -> dt.date:
    return value.astimezone(zone).date() if isinstance(value, dt.datetime) else value


def _day(good: Callable[[dt.date, list[dt.date]], bool], count: int) -> Callable[[Values], Test]:
    def made(values: Values) -> Test:
        days = [dt.date.fromisoformat(value) for value in values[:count]]
        if len(days) < count:
            raise ValueError
        return _filled(lambda value, moment: good(_day_of(value, moment.zone), days))

    return made


def _within(sign: int) -> Callable[[Values], Test]:
    """The last, or the next, so many days: today is one of them."""

    def made(values: Values) -> Test:
        if not 0 < int(values[0]) <= FARTHEST:
            raise ValueError
        span = dt.timedelta(days=int(values[0]) - 1)

        def test(value: Any, moment: Moment) -> bool:
            day, today = _day_of(value, moment.zone), moment.now.astimezone(moment.zone).date()
            return min(today, today + sign * span) <= day <= max(today, today + sign * span)

        return _filled(test)

    return made


def _clock(values: Values) -> Test:
    """A time of day within the first and the second; from 20:00 to 08:00 is over midnight."""
    since, until = (dt.time.fromisoformat(value).replace(tzinfo=None) for value in values[:2])

    def test(value: Any, moment: Moment) -> bool:
        at: dt.time = value.astimezone(moment.zone).time()
        return since <= at < until if since <= until else at >= since or at < until

    return _filled(test)


def _weekday(values: Values) -> Test:
    wanted = {int(value) for value in _some(values)}
    return _filled(lambda value, moment: _day_of(value, moment.zone).isoweekday() in wanted)


DAYS = {
    "before": _day(lambda day, said: day < said[0], 1),
    "after": _day(lambda day, said: day > said[0], 1),
    "between": _day(lambda day, said: said[0] <= day <= said[1], 2),
    "last": _within(-1),
    "next": _within(1),
    "weekday": _weekday,
}


# Choices.


def _one_of(values: Values) -> Test:
    wanted = set(_some(values))
    return _filled(lambda value, _moment: str(value) in wanted)


def _any_of(values: Values) -> Test:
    wanted = set(_some(values))
    return lambda value, _moment: any(str(one) in wanted for one in value or ())


def _all_of(values: Values) -> Test:
    wanted = set(_some(values))
    return lambda value, _moment: wanted <= {str(one) for one in value or ()}


OPERATORS: dict[Kind, dict[str, Callable[[Values], Test]]] = {
    Kind.TEXT: {
        "is": _text_is,
        "is_not": _not(_text_is),
        "contains": _text_contains,
        "not_contains": _not(_text_contains),
        "starts": _text_starts,
    },
    Kind.NUMBER: NUMBERS,
    Kind.MONEY: NUMBERS,
    Kind.DAY: DAYS,
    Kind.MOMENT: {**DAYS, "clock": _clock},
    Kind.CHOICE: {"is": _one_of, "is_not": _not(_one_of)},
    Kind.MANY: {"is": _any_of, "all": _all_of, "is_not": _not(_any_of)},
    Kind.FLAG: {
        "yes": lambda _values: lambda value, _moment: value is True,
        "no": lambda _values: lambda value, _moment: value is not True,
    },
}


def compile_cases(cases: Sequence[Case], catalogue: Catalogue) -> Ways:
    """What each way out of a branch asks, and where it leads; or why one cannot be asked."""
    try:
        return [(compile_expression(case.condition, catalogue), case.next) for case in cases]
    except InvalidConditionError as invalid:
        return invalid
