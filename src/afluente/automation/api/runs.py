"""Runs of the rules of a pipeline, and what of them needs a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from ninja import Query, Router

from afluente.accounts.requests import member_of
from afluente.automation import selectors, services
from afluente.automation.api.refusing import missing
from afluente.automation.api.runs_shapes import (
    DecidedOut,
    DecisionIn,
    DecisionsOut,
    RuleRunsOut,
    RunsQuery,
    StandingQuery,
)
from afluente.automation.api.shapes import Refused
from afluente.deals import policies
from afluente.kernel.keyset import number_in
from afluente.timeline.events import token_actor

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.automation.models import Step
    from afluente.deals.models import Pipeline

router = Router(tags=["Automation"])
SHOWN = 50  # deals that stand still
DEEDS = {
    "run": services.retry_steps,
    "skip": services.pass_over_steps,
    "stop": services.give_up_steps,
    "done": services.confirm_steps,
}


@router.get(
    "/pipelines/{pipeline_id}/automation/runs", response={200: RuleRunsOut, 404: Refused, 422: Refused}
)
def list_runs(request: HttpRequest, pipeline_id: int, asked: Query[RunsQuery]) -> Any:
    """How the rules of a pipeline ended for deals, and why, the newest first."""
    before = number_in(asked.cursor)
    pipeline = _pipeline(request, pipeline_id)
    if pipeline is None:
        return missing("pipeline")
    found = selectors.runs_of(
        member_of(request), pipeline, stage_id=asked.stage_id, rule=asked.rule, days=asked.days
    )
    if asked.state:
        found = found.filter(state=asked.state)
    return _page(found, before, asked.limit)


@router.get(
    "/pipelines/{pipeline_id}/automation/decisions", response={200: DecisionsOut, 404: Refused, 422: Refused}
)
def list_decisions(request: HttpRequest, pipeline_id: int, asked: Query[StandingQuery]) -> Any:
    """Steps that failed while their deal is still in the stage, and those of which nobody knows how they ended;
    besides, deals that rules moved too often and stages whose rules are paused.
    """
    before = number_in(asked.cursor)
    pipeline = _pipeline(request, pipeline_id)
    if pipeline is None:
        return missing("pipeline")
    member = member_of(request)
    frozen = selectors.standing_deals(member, pipeline)[:SHOWN]
    return {
        **_page(selectors.steps_to_decide(member, pipeline), before, asked.limit),
        "frozen": [{"deal_id": one.deal_id, "deal": one.deal.name, "since": one.since} for one in frozen],
        "paused": selectors.paused_by_failures(pipeline),
    }


@router.post(
    "/pipelines/{pipeline_id}/automation/decisions", response={200: DecidedOut, 404: Refused, 422: Refused}
)
def decide(request: HttpRequest, pipeline_id: int, payload: DecisionIn) -> Any:
    """Decide about steps that stand, of deals that whoever made the token may move; others are passed over."""
    member = member_of(request)
    pipeline = _pipeline(request, pipeline_id)
    if pipeline is None:
        return missing("pipeline")
    standing = selectors.steps_to_decide(member, pipeline).filter(deal__in=policies.movable_by(member))
    ids = list(standing.filter(pk__in=payload.steps).values_list("pk", flat=True))
    count = DEEDS[payload.act](step_ids=ids, by=token_actor(request))
    return {"decided": count, "passed_over": len(set(payload.steps)) - count}


def _pipeline(request: HttpRequest, pipeline_id: int) -> Pipeline | None:
    return policies.pipelines_of(member_of(request)).filter(pk=pipeline_id).first()


def _page(found: QuerySet[Step], before: int | None, limit: int) -> dict[str, Any]:
    rows = found.filter(pk__lt=before) if before is not None else found
    page = list(rows.select_related("deal", "definition").order_by("-pk")[: limit + 1])
    items = [
        {
            **{name: getattr(one.step, name) for name in FROM_STEP},
            "deal": one.deal.name,
            "stage_id": one.step.definition.place,
            "title": one.said,
            "why": str(one.why),
            "stands": one.stands,
        }
        for one in selectors.shown_runs(page[:limit])
    ]
    return {"items": items, "next": str(page[limit - 1].pk) if len(page) > limit else None}


FROM_STEP = (
    "id", "deal_id", "rule", "version", "state", "reason", "detail", "asked", "due_at", "ended_at", "late_by",
)  # fmt: skip
