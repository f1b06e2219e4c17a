"""Making effects so, in sets: one call of a service for each rule and what it does, however many deals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from afluente.accounts.models import Membership
from afluente.automation import statements
from afluente.deals import services as deals
from afluente.deals.models import Stage
from afluente.tasks import services as tasks
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from afluente.automation.engine.steps import Made
    from afluente.automation.statements import Taken


@dataclass(frozen=True)
class Wanted:
    """One effect of one deal."""

    token: Taken
    made: Made
    title: str

    @property
    def deal_id(self) -> int:
        return self.token.deal_id

    @property
    def values(self) -> Mapping[str, Any]:
        return self.made.effect.values


def apply(
    effects: Sequence[tuple[Taken, Made]], *, titles: Mapping[tuple[int, int], Mapping[str, str]]
) -> None:
    """Make effects so, in the order of their rules; moves come last, because they end what waits.

    `titles` are the rules of each version, in their order. Effects of one rule, kind and values are one set.
    """
    groups: dict[tuple[Any, ...], list[Wanted]] = defaultdict(list)
    for token, made in effects:
        values = tuple(sorted((name, str(value)) for name, value in made.effect.values.items()))
        kind = made.effect.kind
        rules = titles[token.definition_id, token.version]
        place = list(rules).index(made.rule)
        key = (kind in LEAVING, token.definition_id, token.version, place, kind, token.depth, values)
        groups[key].append(Wanted(token, made, rules[made.rule]))
    for key in sorted(groups, key=lambda one: (one[0], one[1], one[2], one[3])):
        APPLIERS[key[4]](groups[key])


def _actor(wanted: Wanted) -> Actor:
    """The rule, as the history names it."""
    return Actor("rule", wanted.token.definition_id, wanted.title)


def _cause(wanted: Wanted) -> dict[str, Any]:
    token = wanted.token
    return {
        "rule": wanted.made.rule,
        "definition": token.definition_id,
        "version": token.version,
        "depth": token.depth + 1,
    }


def _set(group: Sequence[Wanted]) -> None:
    values: dict[str, Any] = dict(group[0].values)
    if "amount" in values:
        values["amount"] = Decimal(values["amount"])
    deals.set_fields(deal_ids=[one.deal_id for one in group], values=values, by=_actor(group[0]))


def _assign(group: Sequence[Wanted]) -> None:
    member = group[0].values["member"]
    to = Membership.objects.select_related("user").get(pk=member) if member else None
    deals.assign_deals(deal_ids=[one.deal_id for one in group], assignee=to, by=_actor(group[0]))


def _move(group: Sequence[Wanted]) -> None:
    stage = Stage.objects.get(pk=group[0].values["stage"])
    ids = [one.deal_id for one in group]
    deals.move_deals(deal_ids=ids, to=stage, by=_actor(group[0]), cause=_cause(group[0]))
    # One set for many deals; what began the chain is each deal's own.
    statements.join_chains({one.deal_id: one.token.root_id for one in group})


def _delete(group: Sequence[Wanted]) -> None:
    deals.delete_deals(deal_ids=[one.deal_id for one in group], by=_actor(group[0]))


def _task(group: Sequence[Wanted]) -> None:
    made = [
        tasks.NewTask(
            title=str(one.values["title"]),
            assignee_id=one.values["assignee"],
            deal_ids=[one.deal_id],
            source="rule",
        )
        for one in group
    ]
    tasks.create_tasks(tasks=made, by=_actor(group[0]))


APPLIERS: dict[str, Callable[[Sequence[Wanted]], None]] = {
    "set": _set,
    "assign": _assign,
    "task": _task,
    "move": _move,
    "delete": _delete,
}
LEAVING = {"move", "delete"}
