"""Why rules did what they did with a deal, and what they would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from afluente.accounts.requests import member_of
from afluente.automation import selectors, services
from afluente.automation.api.looking_shapes import DryRunIn, ExplainedListOut, LookedOut, StageStatisticsOut
from afluente.automation.api.refusing import missing, refused
from afluente.automation.api.rules import stage_in
from afluente.automation.api.shapes import Refused
from afluente.automation.engine.written import BadRuleError
from afluente.deals import policies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.automation.engine.simulating import Told
    from afluente.automation.services import Looked

router = Router(tags=["Automation"])


@router.get("/deals/{deal_id}/rules", response={200: ExplainedListOut, 404: Refused})
def explain(request: HttpRequest, deal_id: int) -> Any:
    """Every rule of the stages that the deal is, was or could be in, and why it did or did not run."""
    deal = policies.visible_to(member_of(request)).filter(pk=deal_id).first()
    if deal is None:
        return missing("deal")
    return {
        "items": [
            {**vars(one), "title": str(one.title), "why": str(one.why), "asked": list(one.asked)}
            for one in selectors.explain(deal)
        ]
    }


@router.get("/stages/{stage_id}/rules/statistics", response={200: StageStatisticsOut, 404: Refused})
def read_statistics(
    request: HttpRequest, stage_id: int, days: Annotated[int, Query(ge=1, le=180)] = 30
) -> Any:
    """How the steps of the rules of a stage ended in the last days, and how long deals stay in it."""
    stage = stage_in(request, stage_id)
    definition = selectors.definition_of(stage.pk) if stage else None
    return selectors.statistics_of(definition, days=days) if definition else missing("stage")


@router.post("/deals/{deal_id}/dry-run", response={200: LookedOut, 404: Refused, 422: Refused})
def dry_run(request: HttpRequest, deal_id: int, payload: DryRunIn) -> Any:
    """What would happen to the deal if it entered a stage now. Nothing is written or sent."""
    deal = policies.visible_to(member_of(request)).filter(pk=deal_id).first()
    if deal is None:
        return missing("deal")
    stage = stage_in(request, payload.stage_id or deal.stage_id)
    if stage is None:
        return missing("stage")
    rules: Any = None
    if payload.rules is not None:
        rules = [rule.model_dump(mode="json", exclude_unset=True) for rule in payload.rules]
    elif payload.is_draft and (definition := selectors.definition_of(stage.pk)):
        rules = definition.draft
    try:
        return _out(services.dry_run(deal=deal, stage=stage, rules=rules, days=payload.days))
    except BadRuleError as bad:
        return refused(422, "invalid", bad.said, bad.place)
    except services.NotPublishableError as wrong:
        number, said = next(iter(wrong.problems.items()))
        return refused(422, "invalid", said[0], f"rules[{number}]")


def _out(looked: Looked) -> dict[str, Any]:
    return {
        "steps": _steps(looked.steps, looked),
        "waiting": _steps(looked.waiting, looked),
        "stage_id": looked.stage_id,
    }


def _steps(told: Sequence[Told], looked: Looked) -> list[dict[str, Any]]:
    return [
        {
            "at": one.at,
            "stage_id": one.stage_id,
            "rule": one.line.rule,
            "title": looked.titles[one.stage_id].get(one.line.rule, one.line.rule),
            "state": one.line.state.value,
            "reason": one.line.reason,
            "why": str(selectors.reason_said(one.line.reason)),
            "detail": one.line.detail,
            "due_at": one.line.due_at,
            "asked": [[each.condition, each.value, each.holds] for each in one.line.asked],
            "effects": [{"kind": each.effect.kind, "values": dict(each.effect.values)} for each in one.made],
        }
        for one in told
    ]
