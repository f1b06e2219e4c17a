"""Triggers that wait until nothing more of their kind happens: many quick edits are one beginning, with the last values.

What such a trigger hears is put off under one name for it and the deal; hearing it again puts it off anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.automation import statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.triggers import Armed
    from afluente.automation.models import Heard

QUIET = "quiet:"


def put_off(
    heard: Sequence[Heard], meant: Mapping[int, Mapping[int, list[Armed]]]
) -> dict[int, dict[int, list[Armed]]]:
    """Of what things mean for deals, what is decided now; what waits for quiet is kept until then."""
    later: dict[str, statements.PutOff] = {}
    now: dict[int, dict[int, list[Armed]]] = {}
    for one in heard:
        now[one.pk] = {}
        for deal_id, armed in meant[one.pk].items():
            waits = [each for each in armed if each.quiet and not one.key.startswith(QUIET)]
            for each in waits:
                until = one.happened_at + each.quiet
                later[f"{QUIET}{each.id}:{deal_id}"] = statements.PutOff(one.pk, deal_id, each.id, until)
            if left := [each for each in armed if each not in waits]:
                now[one.pk][deal_id] = left
    if later:
        statements.put_off(later)
    return now
