"""Moving everything out of a stage that is about to go: at once when it is little, else by a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.deals.models import Deal, Pipeline, Stage
from afluente.deals.services.moving import move_deals
from afluente.kernel import jobs
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BATCH = 1_000  # deals moved in one statement
AT_ONCE = 200  # deals moved in the request that asks
JOB = "deals.end_stages"


def empty_stage(stage: Stage, to: Stage, by: Actor, *, cause: Mapping[str, Any]) -> int:
    """Move every deal out of `stage`, keeping the order of the column; how many were present.

    Deleted deals go along, so that they can still be restored. Nobody is asked for what `to` wants:
    the deals have to go somewhere (S-ENTRY, A-55).
    """
    moved = 0
    while count := _move_some(stage, to, by, cause):
        moved += count
    Deal.objects.filter(stage=stage).update(stage=to, pipeline_id=to.pipeline_id)
    return moved


def _move_some(stage: Stage, to: Stage, by: Actor, cause: Mapping[str, Any]) -> int:
    """The last ones first, since each batch lands on top."""
    last = Deal.objects.present().filter(stage=stage).order_by("-position", "-pk")
    ids = list(last.values_list("pk", flat=True)[:BATCH])[::-1]
    move_deals(deal_ids=ids, to=to, by=by, cause=cause)
    return len(ids)


def is_much(stages: Sequence[Stage]) -> bool:
    """Whether these hold more than a request should move."""
    return Deal.objects.filter(stage__in=stages)[: AT_ONCE + 1].count() > AT_ONCE


def is_awaited(stages: Sequence[Stage]) -> bool:
    """Whether deals of other stages are on their way into one of these."""
    ids = [stage.pk for stage in stages]
    return Stage.objects.filter(ends_into__in=ids).exclude(pk__in=ids).exists()


def end_later(stages: Sequence[Stage], to: Stage, by: Actor, *, cause: Mapping[str, Any]) -> None:
    """Let these stages disappear now, and their deals go to `to` by a job, batch by batch."""
    Stage.objects.filter(pk__in=[stage.pk for stage in stages]).update(ends_into=to.pk)
    asked = {
        "stage_ids": [stage.pk for stage in stages],
        "by": [by.kind, by.id, by.name],
        "cause": dict(cause),
    }
    jobs.enqueue(JOB, asked, workspace_id=current_workspace_id())


@transaction.atomic
def end_some(*, stage_ids: Sequence[int], by: Sequence[Any], cause: Mapping[str, Any]) -> bool:
    """Move the next deals out of stages that end; whether there may be more. A stage that has become empty is
    deleted, and its pipeline with the last one if it was put away for good.
    """
    held = Stage.objects.select_for_update(of=("self",)).filter(pk__in=stage_ids)
    stage = held.exclude(ends_into=None).select_related("pipeline").order_by("-position", "-pk").first()
    if stage is None:
        return False
    to = Stage.objects.get(pk=stage.ends_into or 0)
    if _move_some(stage, to, Actor(*by), cause):
        return True
    Deal.objects.filter(stage=stage).update(stage=to, pipeline_id=to.pipeline_id)
    pipeline = stage.pipeline
    stage.delete()
    if not Stage.objects.filter(pipeline=pipeline).exists():
        Pipeline.objects.filter(pk=pipeline.pk).delete()
    return True
