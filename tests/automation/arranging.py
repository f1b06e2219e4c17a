"""Rules and triggers in the database, for tests that let them run."""

from __future__ import annotations

import datetime as dt
from typing import Any

from afluente.automation import services, statements
from afluente.automation.models import SHARDS, Definition, Firing, Step, Trigger
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.timeline.events import SYSTEM

DAY = dt.timedelta(days=1)
IN_A_DAY = {"amount": 1, "unit": "days"}


def rule(name: str, action: str = "set", **more: Any) -> dict[str, Any]:
    usual = {"params": {"lost_reason": name}} if action == "set" else {}
    return {"id": name, "action": action, **usual, **more}


def publish(stage: Stage, *rules: dict[str, Any]) -> Definition:
    definition = services.arrange_rules(stage=stage, rules=list(rules))
    services.publish_rules(definition=definition, by=None)
    return definition


def trigger(stage: Stage, kind: str, **values: Any) -> Trigger:
    return services.create_trigger(stage=stage, kind=kind, values=values)


def open_in(stage: Stage, **more: Any) -> Deal:
    named: dict[str, Any] = {"name": "Ana", "currency": stage.pipeline.currency, **more}
    new = deals.NewDeal(pipeline_id=stage.pipeline_id, stage_id=stage.pk, **named)
    return Deal.objects.get(pk=deals.open_deals(deals=[new], by=SYSTEM)[0])


def work(now: dt.datetime | None = None) -> int:
    """Everything that was heard and is due by `now`, in every shard, until nothing is left."""
    total = 0
    while taken := services.route(now=now) + services.run_due(shards=range(SHARDS), now=now):
        total += taken
    return total


def later(length: dt.timedelta) -> dt.datetime:
    return statements.database_now() + length


def lines(deal: Deal) -> list[str]:
    rows = Step.objects.filter(deal=deal).order_by("pk").values_list("rule", "state", "reason")
    return [" ".join(filter(None, row)) for row in rows]


def firings(deal: Deal) -> list[str]:
    rows = Firing.objects.filter(deal=deal).order_by("pk").values_list("state", "reason")
    return [" ".join(filter(None, row)) for row in rows]


def stage_of(deal: Deal) -> str:
    return Deal.objects.get(pk=deal.pk).stage.name
