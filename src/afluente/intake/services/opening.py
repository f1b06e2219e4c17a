"""A deal with its contact in one synchronous call, through the same door as everything else."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.accounts.models import Membership
from afluente.deals.models import Deal, Pipeline, Stage
from afluente.deals.services import NewDeal, StageGoneError
from afluente.intake import statements
from afluente.intake.models import RawEvent, Source
from afluente.intake.services.accepting import Kept
from afluente.intake.services.applying import apply_set
from afluente.intake.services.parsing import read_lead
from afluente.intake.services.rules import Planned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.accounts.models import ApiToken
    from afluente.intake.statements import ClaimedEvent

# What the caller is told about the deal.
TOLD = ("id", "number", "name", "amount", "currency", "pipeline_id", "stage_id", "assignee_id")


class NoSuchTargetError(ValueError):
    """A pipeline, stage or person that does not exist here; `field` names which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Target:
    """Where the deal should go; what is None is chosen: first pipeline, its first stage, nobody."""

    pipeline_id: int | None
    stage_id: int | None
    assignee_id: int | None


@transaction.atomic
def open_deal_with_contact(
    *, token: ApiToken, body: bytes, target: Target, lead: Mapping[str, Any]
) -> dict[str, Any]:
    """Keep the call as a raw event and apply it in the same transaction (SP-072, SP-073).

    Raises NoSuchTargetError; then nothing is kept, and the caller is told.
    """
    stage = _stage(target)
    assignee_id = _assignee(target.assignee_id)
    source = Source.objects.present().filter(kind=Source.Kind.API).order_by("pk")[0]
    content = json.dumps(lead).encode()
    event = _keep(content, source, {"token": token.name, "call": "POST /api/v1/deals", "sent": len(body)})
    read = read_lead(
        content, "application/json", kind=source.kind, mapping=[], country=token.workspace.country
    )
    deal = NewDeal(
        name=read.deal_name or read.name,
        pipeline_id=stage.pipeline_id,
        stage_id=stage.pk,
        currency=read.currency or stage.pipeline.currency,
        amount=read.amount if read.amount is not None else Decimal(0),
        assignee_id=assignee_id,
        source=source.kind,
        source_ref=source.pk,
        source_name=read.source_name or source.name,
        raw_event_id=event.id,
    )
    try:
        (outcome,) = apply_set([event], wanted={event.id: Planned(deal)})
    except StageGoneError as gone:
        raise NoSuchTargetError("stage_id", f"Stage {stage.pk} was deleted meanwhile.") from gone
    assert outcome.deal_id is not None
    made = Deal.objects.filter(pk=outcome.deal_id).values(*TOLD).get()
    lead_id = RawEvent.objects.values_list("public_id", flat=True).get(pk=event.id)
    return {**made, "contact_id": outcome.contact_id, "lead_id": str(lead_id)}


def _keep(content: bytes, source: Source, context: Mapping[str, Any]) -> ClaimedEvent:
    """Write the call down like any other arrival, and hold it."""
    kept = Kept(
        public_id=uuid.uuid4(),
        source_id=source.pk,
        rule_id=None,
        key=f"deal:{uuid.uuid4()}",
        body=content,
        digest=hashlib.sha256(content).hexdigest(),
        content_type="application/json",
        context=context,
        error=None,
    )
    statements.insert_events([kept])
    return statements.claim_one(kept.public_id)


def _stage(target: Target) -> Stage:
    stages = Stage.objects.select_related("pipeline").filter(pipeline__archived_at=None, ends_into=None)
    if target.pipeline_id is not None:
        if not Pipeline.objects.present().filter(pk=target.pipeline_id).exists():
            raise NoSuchTargetError("pipeline_id", f"There is no pipeline {target.pipeline_id}.")
        stages = stages.filter(pipeline_id=target.pipeline_id)
    if target.stage_id is None:
        stage = (
            stages.filter(kind=Stage.Kind.OPEN)
            .order_by("pipeline__position", "pipeline_id", "position")
            .first()
        )
        if stage is None:
            raise NoSuchTargetError("pipeline_id", "There is no pipeline with an open stage.")
        return stage
    stage = stages.filter(pk=target.stage_id).first()
    if stage is None:
        where = f" in pipeline {target.pipeline_id}" if target.pipeline_id is not None else ""
        raise NoSuchTargetError("stage_id", f"There is no stage {target.stage_id}{where}.")
    return stage


def _assignee(member_id: int | None) -> int | None:
    if member_id is not None and not Membership.objects.active().filter(pk=member_id).exists():
        raise NoSuchTargetError("assignee_id", f"There is no active member {member_id}.")
    return member_id
