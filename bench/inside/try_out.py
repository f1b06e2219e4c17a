"""Trying the rules that stages are to have on what happened there."""

from __future__ import annotations

import time
from typing import Any

from bench import inside
from bench.inside.rules import six_rules


def try_out(*, workspace_id: int, stages: list[int]) -> dict[str, Any]:
    """Arrange six rules in each of these stages and try them: seconds, events told, rows that came of it."""
    from afluente.accounts.models import Membership  # noqa: PLC0415  set up first
    from afluente.automation import services  # noqa: PLC0415
    from afluente.automation.models import BacktestRow  # noqa: PLC0415
    from afluente.automation.services.backtests import begin_backtest  # noqa: PLC0415
    from afluente.deals.models import Stage  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    with scope(workspace_id):
        member = Membership.objects.order_by("pk").first()
        places = list(Stage.objects.filter(pk__in=stages).select_related("pipeline"))
        for stage in places:
            services.arrange_rules(stage=stage, rules=six_rules(member.pk))
        asked = begin_backtest(pipeline=places[0].pipeline, days=30, by=member)
    began, spent = time.perf_counter(), time.process_time()
    services.run_backtest(workspace_id=workspace_id, backtest_id=asked.pk)
    seconds, cpu = time.perf_counter() - began, time.process_time() - spent
    with scope(workspace_id):
        asked.refresh_from_db()
        rows = BacktestRow.objects.filter(backtest_id=asked.pk).count()
    return {"seconds": seconds, "cpu": cpu, "events": asked.total, "rows": rows}


if __name__ == "__main__":
    inside.answer(try_out)
