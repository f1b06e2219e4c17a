"""What the rules of a stage came to, and how long deals stay in it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, F, Max

from afluente.automation.models import Step, Token
from afluente.deals.models import Deal
from afluente.kernel import clock

if TYPE_CHECKING:
    from afluente.automation.models import Definition


def statistics_of(definition: Definition, *, days: int = 30) -> dict[str, Any]:
    """How the steps of each rule ended in the last `days`, by state, and what waits; why steps failed; how many
    deals are in the stage now and for how long, in seconds: four queries.
    """
    since = clock.now() - dt.timedelta(days=days)
    ended = Step.objects.filter(definition=definition, ended_at__gte=since).order_by()
    rules: dict[str, dict[str, int]] = defaultdict(dict)
    reasons: dict[str, dict[str, int]] = defaultdict(dict)
    for rule, state, reason, count in ended.values_list("rule", "state", "reason").annotate(Count("pk")):
        rules[rule][state] = rules[rule].get(state, 0) + count
        if state == Step.State.FAILED:
            reasons[rule][reason] = count
    waiting = Token.objects.filter(definition=definition).order_by().values_list("rule").annotate(Count("pk"))
    for rule, count in waiting:
        if rule:
            rules[rule]["waiting"] = count
    there = Deal.objects.present().filter(stage_id=definition.place)
    spent = clock.now() - F("stage_entered_at")
    told = there.aggregate(count=Count("pk"), usual=Avg(spent), longest=Max(spent))
    return {
        "rules": [
            {"rule": rule, "ended": counts, "failures": reasons.get(rule, {})}
            for rule, counts in sorted(rules.items())
        ],
        "deals": told["count"],
        "usual_seconds": _seconds(told["usual"]),
        "longest_seconds": _seconds(told["longest"]),
    }


def _seconds(length: dt.timedelta | None) -> int:
    return int(length.total_seconds()) if length else 0
