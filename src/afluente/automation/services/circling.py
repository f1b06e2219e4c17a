"""Stages through which rules send deals round in a circle: refused when certain, warned of when possible (S-LOOP 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from afluente.automation.engine.circles import circle_from, leads_to
from afluente.automation.engine.written import read_rules
from afluente.automation.models import Definition, Version
from afluente.automation.services.actions import outside
from afluente.deals.models import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.rules import Rule
    from afluente.deals.models import Pipeline


def running_ways() -> dict[int, list[Rule]]:
    """The rules that run, by their stage."""
    running = Version.objects.filter(
        definition__state__in=[Definition.State.ACTIVE, Definition.State.PAUSED],
        number=F("definition__version"),
        definition__stage__isnull=False,
    )
    return {
        stage_id: read_rules(kept, outside=outside())
        for stage_id, kept in running.values_list("definition__place", "rules")
    }


def circle_of(rules: Mapping[int, Sequence[Rule]], stage_id: int, *, is_certain: bool = True) -> list[int]:
    """The stages through which these rules, by stage, send deals round from one; without `is_certain` those
    through which they may.
    """
    return circle_from(stage_id, {pk: leads_to(each, is_certain=is_certain) for pk, each in rules.items()})


def possible_circles(pipeline: Pipeline) -> list[str]:
    """The circles into which deals of a pipeline may come by the rules that run, each once, in words."""
    rules = running_ways()
    places = Stage.objects.filter(pipeline=pipeline).order_by("position").values_list("pk", flat=True)
    found: dict[frozenset[int], list[int]] = {}
    for pk in places:
        if circle := circle_of(rules, pk, is_certain=False):
            found.setdefault(frozenset(circle), circle)
    return [named(circle) for circle in found.values()]


def named(circle: Sequence[int]) -> str:
    """The names of stages, one after the other."""
    names = dict(Stage.objects.filter(pk__in=circle).values_list("pk", "name"))
    return " → ".join(names.get(one, str(one)) for one in circle)
