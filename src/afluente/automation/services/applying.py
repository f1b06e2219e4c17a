"""Making effects so, in sets: one call of a service for each rule and what it does, however many deals."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from afluente.automation.services.actions.effects import Wanted
from afluente.automation.services.actions.registry import applier, leaving, mixed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.steps import Made
    from afluente.automation.statements import Taken


def apply(
    effects: Sequence[tuple[Taken, Made]], *, names: Mapping[tuple[int, int], Mapping[str, str]]
) -> None:
    """Make effects so, in the order of their rules; what takes deals out of their stage comes last, because it
    ends what waits.

    `names` are what people called the rules of each version, in their order, "" where they did not. Effects of one rule, kind and values are one set.
    """
    groups: dict[tuple[Any, ...], list[Wanted]] = defaultdict(list)
    last, together = leaving(), mixed()
    for token, made in effects:
        kind = made.effect.kind
        values = () if kind in together else _alike(made)
        rules = names[token.definition_id, token.version]
        place = list(rules).index(made.rule)
        key = (kind in last, token.definition_id, token.version, place, kind, token.depth, values)
        groups[key].append(Wanted(token, made, rules[made.rule]))
    for key in sorted(groups, key=lambda one: (one[0], one[1], one[2], one[3])):
        applier(key[4])(groups[key])


def _alike(made: Made) -> tuple[tuple[str, str], ...]:
    """What effects must have in common to be one set."""
    return tuple(sorted((name, str(value)) for name, value in made.effect.values.items()))
