"""Pipelines and their stages, changed by administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, override

from afluente.deals.models import DealCounter, Pipeline, Stage
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor


class LastPipelineError(Exception):
    """The only present pipeline cannot be archived: arriving leads need a place."""


@transaction.atomic
def create_pipeline(
    *,
    name: str,
    currency: str,
    by: Actor,
    icon: str = "square-kanban",
    default_assignee: Membership | None = None,
    language: str = "en",
) -> Pipeline:
    """Make a pipeline with the five usual stages, named in `language`, after all others."""
    DealCounter.objects.get_or_create()
    last = Pipeline.objects.aggregate(last=Max("position"))["last"]
    pipeline = Pipeline.objects.create(
        name=name,
        currency=currency,
        icon=icon,
        default_assignee=default_assignee,
        position=0 if last is None else last + 1,
    )
    for position, (label, kind) in enumerate(_usual_stages(language)):
        Stage.objects.create(pipeline=pipeline, name=label, kind=kind, position=position)
    tell("pipeline.created", pipeline, by, {"name": name})
    return pipeline


def _usual_stages(language: str) -> list[tuple[str, Stage.Kind]]:
    with override(language):
        return [
            (gettext("New"), Stage.Kind.OPEN),
            (gettext("In progress"), Stage.Kind.OPEN),
            (gettext("Pending approval"), Stage.Kind.OPEN),
            (gettext("Won"), Stage.Kind.WON),
            (gettext("Lost"), Stage.Kind.LOST),
        ]


@transaction.atomic
def update_pipeline(*, pipeline: Pipeline, changes: Mapping[str, Any], by: Actor) -> Pipeline:
    """Set name, icon, currency or default_assignee. One event with before and after, if any differs."""
    changed = {
        name: [getattr(pipeline, name), value]
        for name, value in changes.items()
        if getattr(pipeline, name) != value
    }
    if changed:
        for name, (_, value) in changed.items():
            setattr(pipeline, name, value)
        pipeline.save(update_fields=list(changed))
        tell(
            "pipeline.changed",
            pipeline,
            by,
            {name: [_plain(value) for value in pair] for name, pair in changed.items()},
        )
    return pipeline


@transaction.atomic
def order_pipelines(*, ids: Sequence[int], by: Actor) -> None:
    """Put the present pipelines in the order of `ids`; those not named come after, as they were."""
    present = list(Pipeline.objects.present().select_for_update(of=("self",)).order_by("position", "pk"))
    wanted = {pipeline_id: place for place, pipeline_id in enumerate(ids)}
    before = [pipeline.pk for pipeline in present]
    present.sort(key=lambda pipeline: wanted.get(pipeline.pk, len(wanted)))
    if [pipeline.pk for pipeline in present] == before:
        return
    for position, pipeline in enumerate(present):
        pipeline.position = position
    Pipeline.objects.bulk_update(present, ["position"])
    tell("pipeline.ordered", present[0], by, {"order": [before, [pipeline.pk for pipeline in present]]})


@transaction.atomic
def archive_pipeline(*, pipeline: Pipeline, by: Actor) -> None:
    """Put a pipeline away with its deals. Raises LastPipelineError for the only one."""
    others = Pipeline.objects.present().select_for_update(of=("self",)).exclude(pk=pipeline.pk)
    if not others:
        raise LastPipelineError(pipeline.pk)
    pipeline.archived_at = clock.now()
    pipeline.save(update_fields=["archived_at"])
    tell("pipeline.archived", pipeline, by, {"name": pipeline.name})


@transaction.atomic
def unarchive_pipeline(*, pipeline: Pipeline, by: Actor) -> None:
    """Bring an archived pipeline back."""
    pipeline.archived_at = None
    pipeline.save(update_fields=["archived_at"])
    tell("pipeline.unarchived", pipeline, by, {"name": pipeline.name})


def tell(kind: str, pipeline: Pipeline, by: Actor, data: Mapping[str, Any]) -> None:
    """One line in the log about a pipeline."""
    timeline.record([NewEvent(kind, by, data={"pipeline": pipeline.pk, **data})])


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value
