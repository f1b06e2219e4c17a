"""Moving deals because a trigger says so: one set for each trigger."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.automation import statements
from afluente.automation.selectors.trigger_kinds import trigger_kinds
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.models import Trigger


@dataclass(frozen=True)
class Move:
    """One deal, and the trigger that moves it. `root_id` is the event that began it all."""

    deal_id: int
    trigger_id: int
    stage_id: int
    depth: int
    root_id: int | None
    event_id: int | None


def move_all(moves: Sequence[Move], triggers: Mapping[int, Trigger]) -> None:
    """Move deals, those of one trigger at once. The history names the trigger, what it was that happened, and
    on whose behalf (T8): who is chosen, else who is responsible.
    """
    groups: dict[tuple[int, int], list[Move]] = defaultdict(list)
    for one in moves:
        groups[one.trigger_id, one.depth].append(one)
    stages = {one.pk: one for one in Stage.objects.filter(pk__in={one.stage_id for one in moves})}
    kinds = trigger_kinds()
    for (trigger_id, depth), group in groups.items():
        trigger = triggers[trigger_id]
        actor = Actor("rule", trigger_id, trigger.title or str(kinds[trigger.kind].label))
        for behalf, ids in _on_behalf(trigger, [one.deal_id for one in group]).items():
            cause = {"trigger": trigger_id, "kind": trigger.kind, "depth": depth + 1, "on_behalf_of": behalf}
            deals.move_deals(deal_ids=ids, to=stages[group[0].stage_id], by=actor, cause=cause)
        # What began the chain is each deal's own; of a call from outside it is the move itself.
        roots: dict[int, int | None] = {one.deal_id: one.root_id for one in group if one.root_id is not None}
        if roots:
            statements.join_chains(roots)


def _on_behalf(trigger: Trigger, deal_ids: Sequence[int]) -> dict[int | None, list[int]]:
    if trigger.on_behalf_of_id is not None:
        return {trigger.on_behalf_of_id: list(deal_ids)}
    found: dict[int | None, list[int]] = defaultdict(list)
    for deal_id, assignee in (
        Deal.objects.filter(pk__in=deal_ids).order_by("pk").values_list("pk", "assignee_id")
    ):
        found[assignee].append(deal_id)
    return found
