"""Stages whose rules send every deal round in a circle at once, or open deals without end (S-LOOP 6). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from afluente.automation.engine.rules import Rule

MOVE = "move"
LEAVING = {MOVE, "convert"}  # what comes after them in the stage does not happen
LEADING = {*LEAVING, "open_deal", "copy"}  # they put a deal, this one or a new one, into a stage


def leads_to(rules: Sequence[Rule], *, is_certain: bool = True) -> list[int]:
    """The stages into which these rules put a deal at once for every deal that enters, whatever it says; without
    `is_certain` also those into which they do when a condition holds.
    """
    return [target for _, target in _leading(rules, is_certain=is_certain)]


def leader(rules: Sequence[Rule]) -> int:
    """The place of the first of these rules that puts every deal, or a new one, into a stage; 0 without one."""
    return next((number for number, _ in _leading(rules, is_certain=True)), 0)


def _leading(rules: Sequence[Rule], *, is_certain: bool) -> Iterator[tuple[int, int]]:
    """Rules by their places, and where they lead."""
    certain = True  # whether the lane has come so far without a wait, or a condition that counts
    for number, rule in enumerate(rules):
        if not rule.is_on:
            continue
        waits = not rule.when.is_at_once or rule.company_hours or rule.person_hours
        asks = bool(rule.condition) and is_certain
        certain = (certain or not rule.follows) and not waits and not asks
        target = rule.params.get("stage")
        if certain and rule.action in LEADING and isinstance(target, int):
            yield number, target
        if certain and rule.action in LEAVING and not rule.condition:
            return


def circle_from(stage_id: int, ways: Mapping[int, Sequence[int]]) -> list[int]:
    """The stages of a circle that begins and ends at `stage_id`, a shortest one; empty when there is none."""
    passed = {stage_id}
    paths = [[stage_id]]
    for path in paths:
        for at in ways.get(path[-1], ()):
            if at == stage_id:
                return [*path, at]
            if at not in passed:
                passed.add(at)
                paths.append([*path, at])
    return []
