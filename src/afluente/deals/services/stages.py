"""The stages of a pipeline, changed by administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from afluente.deals.models import Deal, Pipeline, Stage
from afluente.deals.services.moving import move_deals
from afluente.deals.services.pipelines import tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor

BATCH = 1_000  # deals moved in one statement when their stage is deleted


class ProtectedStageError(Exception):
    """Won and Lost, and the only open stage, cannot be deleted."""


class DealsNeedAPlaceError(Exception):
    """The stage holds deals, and nobody said where they go."""


@dataclass(frozen=True, kw_only=True)
class StageDraft:
    """A line of the stage editor; no `id` means a new stage. `color` is 1 to 6, None: by depth."""

    name: str
    id: int | None = None
    color: int | None = None
    stale_after_days: int | None = None


@transaction.atomic
def save_stages(*, pipeline: Pipeline, drafts: Sequence[StageDraft], by: Actor) -> list[Stage]:
    """Make the open stages of `pipeline` what `drafts` say, in that order; Won and Lost follow them.

    A stage that is not among the drafts stays, behind them: deleting is `delete_stage`. Names must
    differ within the pipeline, whatever their case (the database refuses others).
    """
    stages = {stage.pk: stage for stage in _locked_stages(pipeline)}
    before = [_told(stage) for stage in stages.values()]
    # Names may be swapped between stages, so that they would collide on the way: set aside first.
    Stage.objects.filter(pipeline=pipeline, kind=Stage.Kind.OPEN, pk__in=_renamed(stages, drafts)).update(
        name=F("id")
    )
    ordered = [_written(pipeline, stages, draft) for draft in drafts]
    named = {stage.pk for stage in ordered}
    rest = [stage for stage in stages.values() if stage.pk not in named]
    rest.sort(key=lambda stage: (stage.kind != Stage.Kind.OPEN, stage.kind == Stage.Kind.LOST))
    for position, stage in enumerate([*ordered, *rest]):
        stage.position = position
    Stage.objects.bulk_update([*ordered, *rest], ["name", "color", "stale_after_days", "position"])
    after = [_told(stage) for stage in [*ordered, *rest]]
    if after != before:
        tell("pipeline.stages_changed", pipeline, by, {"stages": [before, after]})
    return [*ordered, *rest]


def _locked_stages(pipeline: Pipeline) -> list[Stage]:
    stages = Stage.objects.select_for_update(of=("self",)).filter(pipeline=pipeline)
    return list(stages.order_by("position", "pk"))


def _renamed(stages: Mapping[int, Stage], drafts: Sequence[StageDraft]) -> list[int]:
    named = {draft.id: draft.name for draft in drafts if draft.id is not None}
    return [pk for pk, stage in stages.items() if named.get(pk, stage.name) != stage.name]


def _written(pipeline: Pipeline, stages: Mapping[int, Stage], draft: StageDraft) -> Stage:
    stage = stages.get(draft.id or 0)
    if stage is None or stage.kind != Stage.Kind.OPEN:
        return Stage.objects.create(
            pipeline=pipeline,
            name=draft.name,
            color=draft.color,
            stale_after_days=draft.stale_after_days,
            position=len(stages),
        )
    stage.name, stage.color, stage.stale_after_days = draft.name, draft.color, draft.stale_after_days
    return stage


@transaction.atomic
def delete_stage(*, stage: Stage, to: Stage | None, by: Actor) -> int:
    """Delete an open stage after moving its deals into `to` (S-ENTRY, A-55); how many were moved.

    Deleted deals go along, so that they can still be restored. Raises ProtectedStageError and
    DealsNeedAPlaceError.
    """
    stages = _locked_stages(stage.pipeline)
    opened = [one for one in stages if one.kind == Stage.Kind.OPEN]
    if stage.kind != Stage.Kind.OPEN or len(opened) < 2:
        raise ProtectedStageError(stage.pk)
    moved = 0
    everything = Deal.objects.filter(stage=stage)
    if to is None and everything.exists():
        raise DealsNeedAPlaceError(stage.pk)
    if to is not None:
        moved = _empty(stage, to, by)
    told = _told(stage)
    stage_id = stage.pk
    stage.delete()
    tell("stage.deleted", stage.pipeline, by, {**told, "id": stage_id, "to": to.pk if to else None})
    return moved


def _empty(stage: Stage, to: Stage, by: Actor) -> int:
    """Move everything out of `stage`, keeping the order of the column."""
    present = Deal.objects.present().filter(stage=stage).order_by("position", "pk")
    ids = list(present.values_list("pk", flat=True))
    cause = {"kind": "stage_deleted", "stage": stage.name}
    for start in range(len(ids), 0, -BATCH):  # the last ones first, since each batch lands on top
        batch = ids[max(0, start - BATCH) : start]
        move_deals(deal_ids=batch, to=to, by=by, cause=cause)
    Deal.objects.filter(stage=stage).update(stage=to, pipeline_id=to.pipeline_id)
    return len(ids)


def _told(stage: Stage) -> dict[str, Any]:
    return {"name": stage.name, "color": stage.color, "stale_after_days": stage.stale_after_days}
