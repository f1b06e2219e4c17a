"""What tasks are about: contacts, deals and companies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.contacts.models import Company, Contact
from afluente.deals.models import Deal
from afluente.kernel import clock
from afluente.tasks.models import Task, TaskCompany, TaskContact, TaskDeal
from afluente.tasks.services.changing import locked
from afluente.tasks.services.telling import Place, places_of_deals, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor

CONTACT, DEAL, COMPANY = "contact", "deal", "company"
TABLES: dict[str, tuple[Any, Any]] = {
    CONTACT: (TaskContact, Contact),
    DEAL: (TaskDeal, Deal),
    COMPANY: (TaskCompany, Company),
}


@transaction.atomic
def link_tasks(*, task_ids: Sequence[int], kind: str, ids: Sequence[int], by: Actor) -> list[tuple[int, int]]:
    """Link tasks to present records of a kind; the (task, record) pairs that are new.

    Whoever asks has checked that the tasks may be changed and the records seen.
    """
    link, model = TABLES[kind]
    tasks = [row.pk for row in locked(task_ids)]
    present = list(model.objects.present().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    column = f"{kind}_id"
    known = set(link.objects.filter(task_id__in=tasks).values_list("task_id", column))
    fresh = [(task, number) for task in tasks for number in present if (task, number) not in known]
    link.objects.bulk_create(
        [link(**{"task_id": task, column: number}) for task, number in fresh], ignore_conflicts=True
    )
    _tell_linked(fresh, kind, by)
    return fresh


@transaction.atomic
def unlink_tasks(
    *, task_ids: Sequence[int], kind: str, ids: Sequence[int], by: Actor
) -> list[tuple[int, int]]:
    """Take links away without deleting anything (SP-189); the (task, record) pairs that were there."""
    link, _ = TABLES[kind]
    tasks = [row.pk for row in locked(task_ids)]
    column = f"{kind}_id"
    found = link.objects.filter(**{"task_id__in": tasks, f"{column}__in": list(ids)})
    gone = list(found.order_by("pk").values_list("task_id", column))
    found.delete()
    _touch(gone)
    for number in sorted({number for _, number in gone}):
        tell(kind="task.unlinked", by=by, **_about(gone, kind, number))
    return gone


def _tell_linked(fresh: Sequence[tuple[int, int]], kind: str, by: Actor) -> None:
    _touch(fresh)
    for number in sorted({number for _, number in fresh}):
        tell(kind="task.linked", by=by, **_about(fresh, kind, number))


def _about(pairs: Sequence[tuple[int, int]], kind: str, number: int) -> dict[str, Any]:
    """What is said about one record and the tasks paired with it: in its own history alone."""
    places: list[Place] = [(None, None)]
    if kind == CONTACT:
        places = [(number, None)]
    elif kind == DEAL:
        places = places_of_deals([number])
    tasks = [task for task, one in pairs if one == number]
    return {"data": {task: {kind: number} for task in tasks}, "at": dict.fromkeys(tasks, places)}


def _touch(pairs: Sequence[tuple[int, int]]) -> None:
    Task.objects.filter(pk__in={task for task, _ in pairs}).update(updated_at=clock.now())
