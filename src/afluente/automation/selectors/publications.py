"""What publishing would change, counted before anybody presses (S-VERSION)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F

from afluente.automation.engine.written import read_rules
from afluente.automation.models import Token, Version
from afluente.deals.models import Deal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.automation.engine.rules import Rule
    from afluente.automation.models import Definition

MANY = 200  # rows that are changed while somebody waits; more are a job's


@dataclass(frozen=True, kw_only=True)
class Change:
    """A rule that differs. `what`: added, removed, changed, or retimed, when the time itself is another."""

    rule: str
    title: str
    what: str
    waiting: int


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What publishing meets: `waiting` steps, of which `retimed` would get another time and `ended` have no rule
    any more, and `present` deals in the stage that `added` rules might begin for.
    """

    changes: tuple[Change, ...]
    waiting: int
    retimed: int
    ended: int
    present: int
    added: int


def publication_of(definition: Definition) -> Publication:
    """What publishing the arranged rules would change: four queries."""
    rules = read_rules(definition.draft)
    running = Version.objects.filter(definition=definition, number=F("definition__version")).first()
    before = read_rules(running.rules) if running else []
    tokens = Token.objects.filter(definition=definition).order_by().values_list("rule").annotate(Count("pk"))
    waiting = dict(tokens)
    changes = _changes(before, rules, waiting)
    return Publication(
        changes=changes,
        waiting=sum(waiting.values()),
        retimed=sum(one.waiting for one in changes if one.what == "retimed"),
        ended=sum(one.waiting for one in changes if one.what == "removed"),
        present=present_in(definition.place),
        added=len(fresh_rules(rules, before)),
    )


def present_in(stage_id: int) -> int:
    """How many deals are in a stage."""
    return Deal.objects.present().filter(stage_id=stage_id).count()


def fresh_rules(rules: Sequence[Rule], before: Sequence[Rule]) -> list[Rule]:
    """Rules that did not run by the version before and begin by themselves: not those that follow another new one."""
    known = {one.id for one in before if one.is_on}
    running = [one for one in rules if one.is_on]
    return [
        one
        for number, one in enumerate(running)
        if one.id not in known and not (one.follows and number and running[number - 1].id not in known)
    ]


def lane_before(rules: Sequence[Rule], rule: Rule) -> list[str]:
    """The rules of its lane that come before a rule."""
    lane: list[str] = []
    for one in rules:
        if not one.is_on:
            continue
        if one.id == rule.id:
            return lane if one.follows else []
        lane = [*lane, one.id] if one.follows else [one.id]
    return []


def _changes(before: Sequence[Rule], after: Sequence[Rule], waiting: dict[str, int]) -> tuple[Change, ...]:
    old, new = ({one.id: one for one in rules if one.is_on} for rules in (before, after))
    found = []
    for name, rule in {**old, **new}.items():
        what = _what(old.get(name), new.get(name))
        if what:
            title = rule.title or rule.action
            found.append(Change(rule=name, title=title, what=what, waiting=waiting.get(name, 0)))
    places = [name for name in old if name in new], [name for name in new if name in old]
    if not found and places[0] != places[1]:
        found = [Change(rule=name, title="", what="moved", waiting=0) for name in places[1][:1]]
    return tuple(found)


def _what(old: Rule | None, new: Rule | None) -> str:
    if old is None or new is None:
        return "added" if old is None else "removed"
    if (old.when, old.zone, old.follows) != (new.when, new.zone, new.follows):
        return "retimed"
    return "changed" if old != new else ""
