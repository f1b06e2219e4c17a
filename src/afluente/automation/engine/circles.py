"""Stages whose rules send every deal round in a circle at once (S-LOOP 6). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.rules import Rule

MOVE = "move"


def leads_to(rules: Sequence[Rule]) -> int | None:
    """The stage into which these rules put every deal at once, whatever it says; None when they do not."""
    certain = True  # whether the lane has come so far without a wait or a condition
    for rule in (one for one in rules if one.is_on):
        waits = not rule.when.is_at_once or rule.company_hours or rule.person_hours
        certain = (certain or not rule.follows) and not waits and not rule.condition
        target = rule.params.get("stage")
        if certain and rule.action == MOVE and isinstance(target, int):
            return target
    return None


def circle_from(stage_id: int, ways: Mapping[int, int | None]) -> list[int]:
    """The stages of a circle that begins and ends at `stage_id`; empty when there is none."""
    passed = [stage_id]
    while (at := ways.get(passed[-1])) is not None:
        if at == stage_id:
            return [*passed, at]
        if at in passed:
            return []
        passed.append(at)
    return []
