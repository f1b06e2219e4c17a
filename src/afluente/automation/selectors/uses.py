"""Which stages have rules or triggers that ask for a field or change it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.db.models import F

from afluente.automation.models import Definition, Trigger, Version
from afluente.deals.models import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator


def stages_using_field(field_id: int) -> list[Stage]:
    """The stages with their pipelines, as their rules are being arranged and as they run now."""
    said = re.compile(rf"\bfield-{field_id}\b")
    numbers = {stage for stage, kept in _kept() if said.search(json.dumps(kept))}
    return list(Stage.objects.filter(pk__in=numbers).select_related("pipeline").order_by("pk"))


def _kept() -> Iterator[tuple[int, Any]]:
    yield from Definition.objects.values_list("stage_id", "draft")
    running = Version.objects.filter(number=F("definition__version"))
    yield from running.values_list("definition__stage_id", "rules")
    for stage, params, where in Trigger.objects.present().values_list("stage_id", "params", "where"):
        yield stage, [params, where]
