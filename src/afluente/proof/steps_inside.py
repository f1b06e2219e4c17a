"""`python -m afluente.proof.steps_inside WORKSPACE DEALS STEPS SEED`: rules of three stages, and somebody who
moves deals between them until so many steps are over. Runs beside a product whose database is killed now and then.
"""

from __future__ import annotations

import os
import random
import sys
import time
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

CROWD = 25  # deals moved at once
BACKLOG = 2_000  # steps that are due, above which nobody moves any more
PATIENCE = 120  # seconds without a database
LANES = [["say", "task"], ["soon", "note", "close"], ["big"], ["last", "call"]]
RULES: dict[str, dict[str, Any]] = {
    "say": {"action": "set", "params": {"lost_reason": "say"}},
    "task": {"action": "task", "params": {"title": "task"}, "follows": True},
    "soon": {"action": "set", "params": {"lost_reason": "soon"}, "when": {"amount": 1}},
    "note": {"action": "comment", "params": {"text": "note"}, "follows": True},
    "close": {
        "action": "set",
        "params": {"lost_reason": "close"},
        "when": {"amount": 2, "anchor": "previous"},
        "follows": True,
    },
    "big": {"action": "set", "params": {"lost_reason": "big"}, "where": ["amount.gt:500"]},
    "last": {"action": "set", "params": {"lost_reason": "last"}, "when": {"amount": 3}},
    "call": {"action": "task", "params": {"title": "call"}, "follows": True},
}


def main(workspace_id: int, deals: int, steps: int, dice_seed: int) -> None:
    """Arrange the rules, open the deals, and move them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afluente.config.settings")
    import django  # noqa: PLC0415

    django.setup()
    stages, ids = again(lambda: _arrange(workspace_id, deals))
    dice = random.Random(dice_seed)
    while again(lambda: _over(workspace_id)) < steps:
        crowd, to = dice.sample(ids, min(CROWD, len(ids))), dice.choice(stages)
        again(partial(_move, workspace_id, crowd, to))
        while again(lambda: _due(workspace_id)) > BACKLOG:
            time.sleep(0.2)


def again(act: Callable[[], Any]) -> Any:
    """Do it until the database was there for it. A move that was kept and not acknowledged changes nothing twice."""
    from django.db import InterfaceError, OperationalError, connection  # noqa: PLC0415

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _arrange(workspace_id: int, count: int) -> tuple[list[int], list[int]]:
    """The stages, and the deals, half of them big: in one transaction, so that a second try begins anew."""
    from afluente.automation import services  # noqa: PLC0415
    from afluente.deals import services as deals  # noqa: PLC0415
    from afluente.deals.models import Stage  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415
    from afluente.timeline.events import SYSTEM  # noqa: PLC0415

    with scope(workspace_id):
        pipeline = deals.create_pipeline(name="Steps", currency="BRL", by=SYSTEM)
        stages = list(Stage.objects.filter(pipeline=pipeline, kind=Stage.Kind.OPEN).order_by("position")[:3])
        for stage in stages:
            rules = [{"id": name, **rule} for name, rule in RULES.items()]
            services.publish_rules(definition=services.arrange_rules(stage=stage, rules=rules), by=None)
        new = [
            deals.NewDeal(
                name=f"D{n}",
                pipeline_id=pipeline.pk,
                stage_id=stages[0].pk,
                currency="BRL",
                amount=Decimal(1000 * (n % 2)),
            )
            for n in range(count)
        ]
        return [stage.pk for stage in stages], deals.open_deals(deals=new, by=SYSTEM)


def _move(workspace_id: int, crowd: list[int], to: int) -> None:
    from afluente.deals import services as deals  # noqa: PLC0415
    from afluente.deals.models import Stage  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415
    from afluente.timeline.events import SYSTEM  # noqa: PLC0415

    with scope(workspace_id):
        deals.move_deals(deal_ids=crowd, to=Stage.objects.get(pk=to), by=SYSTEM)


def _over(workspace_id: int) -> int:
    from afluente.automation.models import Step  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    with scope(workspace_id):
        return int(Step.objects.count())


def _due(workspace_id: int) -> int:
    from django.db.models.functions import Now  # noqa: PLC0415

    from afluente.automation.models import Token  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    with scope(workspace_id):
        return int(Token.objects.filter(due_at__lte=Now()).count())


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
