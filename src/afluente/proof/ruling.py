"""Rules and triggers in the worlds that the probe looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.automation import services

if TYPE_CHECKING:
    from afluente.deals.models import Stage


def of_automation(*, canary: str, stage: Stage) -> dict[str, Any]:
    """One of each record of automation, by what it is called."""
    trigger = services.create_trigger(stage=stage, kind="webhook", values={"title": canary})
    return {"trigger": trigger.pk}
