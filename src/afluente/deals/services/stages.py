"""The stages of a pipeline, changed by administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from afluente.deals.models import Deal, Pipeline, Stage
from afluente.deals.selectors import requirements
from afluente.deals.services.due import REMINDERS
from afluente.deals.services.emptying import empty_stage, end_later, is_awaited, is_much
from afluente.deals.services.holding import hold_stages
from afluente.deals.services.pipelines import DealsNeedAPlaceError, tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor

LONGEST = 24 * 365  # hours
RULES = ("name", "due_hours", "remind_before", "probability", "required")


class BadRuleError(Exception):
    """A rule of a stage that cannot be so; `place` is the property, the text a sentence."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(sentence)
        self.place = place


class ProtectedStageError(Exception):
    """Won and Lost, and the only open stage, cannot be deleted."""


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
    stages = Stage.objects.lasting().select_for_update(of=("self",)).filter(pipeline=pipeline)
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
def delete_stage(*, stage: Stage, to: Stage | None, by: Actor) -> int | None:
    """Delete an open stage after moving its deals into `to` (S-ENTRY, A-55); how many were moved, or None when
    they are many: then it disappears at once, and a job moves them.

    Deleted deals go along, so that they can still be restored. Raises ProtectedStageError (also when deals of
    another one are on their way into it), DealsNeedAPlaceError and StageGoneError.
    """
    stages = _locked_stages(stage.pipeline)
    opened = [one for one in stages if one.kind == Stage.Kind.OPEN]
    if stage.kind != Stage.Kind.OPEN or len(opened) < 2:
        raise ProtectedStageError(stage.pk)
    if is_awaited([stage]):
        raise ProtectedStageError(stage.pk)
    everything = Deal.objects.filter(stage=stage)
    if to is None and everything.exists():
        raise DealsNeedAPlaceError(stage.pk)
    hold_stages({to.pk} if to else set())
    cause = {"kind": "stage_deleted", "stage": stage.name}
    tell("stage.deleted", stage.pipeline, by, {**_told(stage), "id": stage.pk, "to": to.pk if to else None})
    if to is not None and is_much([stage]):
        end_later([stage], to, by, cause=cause)
        return None
    moved = empty_stage(stage, to, by, cause=cause) if to is not None else 0
    stage.delete()
    return moved


@transaction.atomic
def change_stage(*, stage_id: int, changes: Mapping[str, Any], by: Actor) -> Stage:
    """Set what a stage is called and asks (RULES); one event with before and after.

    Raises BadRuleError and Stage.DoesNotExist.
    """
    stage = Stage.objects.select_for_update(of=("self",)).select_related("pipeline").get(pk=stage_id)
    changed = {
        name: [getattr(stage, name), changes[name]]
        for name in RULES
        if name in changes and getattr(stage, name) != changes[name]
    }
    for name, (_, value) in changed.items():
        setattr(stage, name, value)
    _check_rules(stage)
    if changed:
        stage.save(update_fields=list(changed))
        tell("stage.changed", stage.pipeline, by, {"stage": stage.pk, "stage_name": stage.name, **changed})
    return stage


def _check_rules(stage: Stage) -> None:
    known = dict(requirements.requirable(stage.pipeline_id))
    others = Stage.objects.filter(pipeline_id=stage.pipeline_id).exclude(pk=stage.pk)
    if not stage.name:
        raise BadRuleError("name", gettext("A stage needs a name."))
    if others.filter(name__iexact=stage.name).exists():
        said = gettext("There is a {name} stage already. Pick another name.")
        raise BadRuleError("name", said.format(name=stage.name))
    if stage.due_hours is not None and not 1 <= stage.due_hours <= LONGEST:
        raise BadRuleError("due_hours", gettext("Write a number of hours from 1 to 8,760."))
    if stage.probability is not None and not 0 <= stage.probability <= 100:
        raise BadRuleError("probability", gettext("Write a number from 0 to 100."))
    if stage.remind_before is not None and stage.remind_before not in REMINDERS:
        raise BadRuleError("remind_before", gettext("Choose one of the times offered."))
    if not set(stage.required) <= known.keys():
        raise BadRuleError("required", gettext("One of the fields is gone. Look again."))


def _told(stage: Stage) -> dict[str, Any]:
    return {"name": stage.name, "color": stage.color, "stale_after_days": stage.stale_after_days}
