"""Trying a pipeline's arranged rules on what really happened."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status

from afluente.accounts.requests import member_of
from afluente.automation import selectors, services
from afluente.automation.api.backtest_shapes import BacktestIn, BacktestOut, BacktestRowsOut
from afluente.automation.api.refusing import NOT_ALLOWED, missing, refused
from afluente.automation.api.shapes import Refused
from afluente.automation.engine.written import BadRuleError
from afluente.automation.models import Backtest
from afluente.deals import policies
from afluente.deals.models import Pipeline
from afluente.kernel.keyset import number_in

router = Router(tags=["Automation"])
PAGE = 100
Sort = Literal["at", "-at", "deal", "rule", "state"]


@router.post(
    "/pipelines/{pipeline_id}/backtest",
    response={202: BacktestOut, 403: Refused, 404: Refused, 422: Refused},
)
def begin_backtest(request: HttpRequest, pipeline_id: int, payload: BacktestIn) -> Any:
    """Try the arranged rules of a pipeline on its last days. Nothing is sent and no deal changes; it takes a while."""
    member = member_of(request)
    pipeline = _pipeline(request, pipeline_id)
    if pipeline is None:
        return missing("pipeline")
    if not policies.may_configure(member):
        return NOT_ALLOWED
    try:
        made = services.begin_backtest(pipeline=pipeline, days=payload.days, by=member)
    except BadRuleError as bad:
        return refused(422, "invalid", bad.said, bad.place)
    except services.NotPublishableError as wrong:
        number, said = next(iter(wrong.problems.items()))
        return refused(422, "invalid", said[0], f"rules[{number}]")
    return Status(202, _out(request, made))


@router.get("/pipelines/{pipeline_id}/backtest", response={200: BacktestOut, 404: Refused})
def read_backtest(request: HttpRequest, pipeline_id: int) -> Any:
    """How far the last backtest is, and how much would have been done on each day."""
    found = _latest(request, pipeline_id)
    return _out(request, found) if found else missing("backtest")


@router.get(
    "/pipelines/{pipeline_id}/backtest/rows", response={200: BacktestRowsOut, 404: Refused, 422: Refused}
)
def list_backtest_rows(
    request: HttpRequest,
    pipeline_id: int,
    rule: Annotated[str, Query(max_length=40)] = "",
    state: Annotated[str, Query(max_length=10)] = "",
    sort: Sort = "at",
    cursor: Annotated[str, Query(max_length=20)] = "",
) -> Any:
    """What would have happened to deals, in the order asked for, a hundred at a time."""
    after = number_in(cursor) or 0
    found = _latest(request, pipeline_id)
    if found is None:
        return missing("backtest")
    rows = selectors.backtest_rows(found, member_of(request), rule=rule, state=state, sort=sort)
    page = list(rows[after : after + PAGE + 1])
    items = [{**vars(one), "deal": one.deal.name, "why": _why(one.reason)} for one in page[:PAGE]]
    return {"items": items, "next": str(after + PAGE) if len(page) > PAGE else None}


def _why(reason: str) -> str:
    return str(selectors.reason_said(reason)) if reason else ""


def _pipeline(request: HttpRequest, pipeline_id: int) -> Pipeline | None:
    return policies.pipelines_of(member_of(request)).filter(pk=pipeline_id).first()


def _latest(request: HttpRequest, pipeline_id: int) -> Backtest | None:
    pipeline = _pipeline(request, pipeline_id)
    return selectors.latest_backtest(pipeline) if pipeline else None


def _out(request: HttpRequest, one: Backtest) -> dict[str, Any]:
    rows = selectors.backtest_rows(one, member_of(request))
    return {
        **vars(one),
        "per_day": [vars(day) for day in selectors.counted_days(rows)],
        "rules": [vars(each) for each in selectors.counted_rules(rows)],
    }
