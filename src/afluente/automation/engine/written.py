"""Rules as they are kept: plain values in, rules out, and back. What cannot be read is named with its place."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeVar

from afluente.automation.engine.nodes import Zone
from afluente.automation.engine.rules import Rule
from afluente.automation.engine.timing import Anchor, IfPast, Interval, Unit, When
from afluente.kernel import conditions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST = 100  # rules of one stage
TITLE = 100  # signs
LARGEST = 10_000  # of a unit in an interval
FLAGS = ("follows", "or_skipped", "goes_on", "company_hours", "person_hours", "is_on")
E = TypeVar("E")
KNOWN = {"id", "title", "action", "params", "when", "where", "match", "zone", "late_after_minutes", *FLAGS}


class BadRuleError(ValueError):
    """A rule that cannot be read. `place` names it and the field; the text says what is expected."""

    def __init__(self, place: str, said: str) -> None:
        super().__init__(f"{place}: {said}")
        self.place, self.said = place, said


def read_rules(kept: Sequence[Mapping[str, Any]], *, outside: frozenset[str] = frozenset()) -> list[Rule]:
    """Rules from what is kept; `outside` names actions that reach somebody else. Raises BadRuleError."""
    if len(kept) > MOST:
        raise BadRuleError("rules", f"at most {MOST} in one stage")
    rules = [_rule(one, number, outside) for number, one in enumerate(kept)]
    ids = [rule.id for rule in rules]
    for rule in rules:
        if ids.count(rule.id) > 1:
            raise BadRuleError("id", f"“{rule.id}” stands twice")
    return rules


def _rule(kept: Mapping[str, Any], number: int, outside: frozenset[str]) -> Rule:
    place = f"rules[{number}]"
    if unknown := set(kept) - KNOWN:
        raise BadRuleError(f"{place}.{min(unknown)}", f"unknown; known are {', '.join(sorted(KNOWN))}")
    name, action = str(kept.get("id", "")), str(kept.get("action", ""))
    if not name or len(name) > 36 or "." in name:
        raise BadRuleError(f"{place}.id", "1 to 36 signs, none of them a dot")
    if not action:
        raise BadRuleError(f"{place}.action", "missing")
    late = kept.get("late_after_minutes")
    try:
        condition = conditions.read([str(one) for one in kept.get("where", ())], str(kept.get("match", "")))
    except conditions.UnreadableError as unreadable:
        raise BadRuleError(f"{place}.where", str(unreadable)) from unreadable
    return Rule(
        id=name,
        action=action,
        title=str(kept.get("title", ""))[:TITLE],
        params=dict(kept.get("params", {})),
        when=_when(kept.get("when") or {}, f"{place}.when"),
        condition=condition,
        zone=_one_of(Zone, kept.get("zone", Zone.ACCOUNT), f"{place}.zone"),
        late_after=dt.timedelta(minutes=_number(late, f"{place}.late_after_minutes")) if late else None,
        is_outside=action in outside,
        **{flag: bool(kept[flag]) for flag in FLAGS if flag in kept},
    )


def _when(kept: Mapping[str, Any], place: str) -> When:
    anchor = _one_of(Anchor, kept.get("anchor", Anchor.ENTRY), f"{place}.anchor")
    field = str(kept.get("field", ""))
    if (anchor == Anchor.FIELD) != bool(field):
        raise BadRuleError(f"{place}.field", "the date that is meant, with the anchor “field” only")
    amount = _number(kept.get("amount", 0), f"{place}.amount")
    if amount < 0 and anchor != Anchor.FIELD:
        raise BadRuleError(f"{place}.amount", "before is possible for dates of the record only")
    at = kept.get("at")
    try:
        clock = dt.time.fromisoformat(str(at)) if at else None
    except ValueError as wrong:
        raise BadRuleError(f"{place}.at", "a time of day such as 09:00") from wrong
    return When(
        anchor=anchor,
        interval=Interval(
            amount,
            _one_of(Unit, kept.get("unit", Unit.MINUTES), f"{place}.unit"),
            bool(kept.get("is_working")),
        ),
        field=field,
        at=clock,
        if_past=_one_of(IfPast, kept.get("if_past", IfPast.USUAL), f"{place}.if_past"),
    )


def _number(said: Any, place: str) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or abs(said) > LARGEST:
        raise BadRuleError(place, f"a whole number up to {LARGEST}")
    return said


def _one_of(kinds: type[E], said: Any, place: str) -> E:
    try:
        return kinds(said)  # type: ignore[call-arg]  # an enumeration is asked for a member
    except ValueError as unknown:
        known = ", ".join(repr(str(one)) for one in kinds)  # type: ignore[attr-defined]
        raise BadRuleError(place, f"one of {known}") from unknown
