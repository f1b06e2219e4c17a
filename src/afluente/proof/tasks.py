"""What a world of the probe has of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.contacts import services as contacts
from afluente.contacts.services import saving
from afluente.contacts.services.bulk_shapes import Change
from afluente.tasks import services as tasks
from afluente.tasks.models import Step
from afluente.tasks.selectors.picking import TaskSelection
from afluente.tasks.services.bulk import change_many
from afluente.timeline import services as timeline

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor


def of_tasks(
    *, canary: str, owner: Membership, by: Actor, contact_id: int, deal_id: int, tag_id: int
) -> dict[str, Any]:
    """A task called `canary` with everything that hangs on it; the numbers by the words of routes."""
    new = tasks.NewTask(
        title=canary,
        assignee_id=owner.pk,
        contact_ids=[contact_id],
        deal_ids=[deal_id],
        tag_ids=[tag_id],
    )
    (task_id,) = tasks.create_tasks(tasks=[new], by=by)
    kept = saving.save_filter(owner=owner, name=canary, query=f"q={canary}", is_shared=True, entity="task")
    field = contacts.create_field(name=canary, entity="task", by=by)
    tasks.fill_values(given={task_id: {field.pk: canary}}, by=by)
    picked = TaskSelection(ids=(task_id,))
    changed = change_many(selection=picked, change=Change("priority", value=3), member=owner, by=by)
    step = Step.objects.order_by("pk")[0]
    return {
        "task": task_id,
        "task_comment": timeline.add_comment(text=canary, by=owner, task_id=task_id).pk,
        "task_field": field.pk,
        "task_bulk": changed.pk,
        "step": step.pk,
        "board": step.board_id,
        "task_filter": kept.pk,
        "item": tasks.add_items(task_id=task_id, texts=[canary], by=by)[0],
    }
