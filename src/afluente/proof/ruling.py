"""Rules and triggers in the worlds that the probe looks at."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from afluente.automation import services
from afluente.kernel import clock

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.deals.models import Stage


def of_automation(*, canary: str, stage: Stage, owner: Membership) -> dict[str, Any]:
    """One of each record of automation, by what it is called."""
    rule = services.put_rule(stage=stage, rule={"action": "comment", "params": {"text": canary}})
    trigger = services.create_trigger(stage=stage, kind="webhook", values={"title": canary})
    since = clock.now()
    away = services.add_absence(member=owner, since=since, until=since + dt.timedelta(days=1), note=canary)
    return {"stage_rule": rule, "trigger": trigger.pk, "absence": away.pk}
