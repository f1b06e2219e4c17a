"""Tasks for other programs (docs/reference/api.md). A token sees what its maker sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from afluente.accounts.models import Membership
from afluente.accounts.requests import member_of
from afluente.contacts import services as contacts
from afluente.tasks import policies, selectors, services
from afluente.tasks.api.answers import REFUSALS, no_task, not_allowed, out_of_reach, refuse, refused
from afluente.tasks.api.naming import MistakeError, check, fill, people, seen
from afluente.tasks.api.shapes import (
    PRIORITIES,
    Kind,
    LinkNew,
    TaskNew,
    TaskOut,
    TaskPatch,
    TaskQuery,
    TasksOut,
)
from afluente.tasks.models import Step, Task
from afluente.timeline.events import token_actor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

router = Router(tags=["Tasks"])
EARLIEST, LATEST = 1970, 2200  # years
PLAIN = ("title", "description", "kind", "place", "phone", "repeat", "remind_before")


@router.get("/tasks", response={200: TasksOut, **REFUSALS})
def list_tasks(request: HttpRequest, asked: Query[TaskQuery]) -> Any:
    """Present tasks, newest first; the cost does not grow with the page number."""
    member = member_of(request)
    try:
        check(member, asked)
    except MistakeError as mistake:
        return refused(mistake)
    rows, following = selectors.api_page(
        member=member,
        asked=asked.dict(exclude={"cursor", "limit"}),
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return {"items": rows, "next": following}


@router.post("/tasks", response={201: TaskOut, **REFUSALS})
def create_task(request: HttpRequest, payload: TaskNew) -> Any:
    """Add a task, as of the token's maker."""
    member = member_of(request)
    if not policies.may_create(member):
        return not_allowed()
    try:
        new = services.NewTask(
            title=payload.title,
            kind=payload.kind,
            place=payload.place,
            phone=payload.phone,
            repeat=payload.repeat,
            remind_before=payload.remind_before,
            parent_id=_parent(member, payload.parent_id),
            description=payload.description,
            step_id=payload.step_id,
            priority=PRIORITIES[payload.priority],
            assignee_id=people(member, [payload.assignee_id], "assignee_id")[0],
            created_by_id=member.pk,
            start_at=_moment(payload.start_at, "start_at"),
            due_at=_moment(payload.due_at, "due_at"),
            source="api",
            observer_ids=people(member, payload.observer_ids, "observer_ids"),
            contact_ids=seen(member, "contact", payload.contact_ids, "contact_ids"),
            deal_ids=seen(member, "deal", payload.deal_ids, "deal_ids"),
            company_ids=seen(member, "company", payload.company_ids, "company_ids"),
            tag_ids=_tags(request, payload.tags),
        )
        with transaction.atomic():
            (task_id,) = services.create_tasks(tasks=[new], by=token_actor(request))
            fill(task_id, payload.attributes, by=token_actor(request), is_told=False)
    except (MistakeError, services.TaskRefusedError) as mistake:
        return refused(mistake)
    return Status(201, _out(request, task_id))


@router.get("/tasks/{task_id}", response={200: TaskOut, **REFUSALS})
def read_task(request: HttpRequest, task_id: int) -> Any:
    """One task."""
    return _out(request, task_id) or no_task()


@router.patch("/tasks/{task_id}", response={200: TaskOut, **REFUSALS})
def change_task(request: HttpRequest, task_id: int, payload: TaskPatch) -> Any:
    """Change a task. Entering a step of the kind done completes it, leaving it reopens it."""
    if refusal := out_of_reach(request, task_id):
        return refusal
    given = payload.dict(exclude_unset=True)
    try:
        with transaction.atomic():
            _change(request, task_id, given)
    except (MistakeError, services.TaskRefusedError) as mistake:
        return refused(mistake)
    return _out(request, task_id) or no_task()


@router.post("/tasks/{task_id}/completion", response={204: None, **REFUSALS})
def complete_task(request: HttpRequest, task_id: int) -> Any:
    """Complete a task; nothing happens when it is done."""
    if refusal := out_of_reach(request, task_id):
        return refusal
    services.complete_tasks(task_ids=[task_id], by=token_actor(request))
    return Status(204, None)


@router.delete("/tasks/{task_id}/completion", response={204: None, **REFUSALS})
def reopen_task(request: HttpRequest, task_id: int) -> Any:
    """Reopen a task; nothing happens when it is open."""
    if refusal := out_of_reach(request, task_id):
        return refusal
    services.reopen_tasks(task_ids=[task_id], by=token_actor(request))
    return Status(204, None)


@router.post("/tasks/{task_id}/links", response={200: TaskOut, **REFUSALS})
def link_task(request: HttpRequest, task_id: int, payload: LinkNew) -> Any:
    """Link a task to a contact, a deal or a company that the token's maker sees."""
    if refusal := out_of_reach(request, task_id):
        return refusal
    try:
        ids = seen(member_of(request), payload.kind, [payload.record_id], "record_id")
    except MistakeError as mistake:
        return refused(mistake)
    services.link_tasks(task_ids=[task_id], kind=payload.kind, ids=ids, by=token_actor(request))
    return _out(request, task_id)


@router.delete("/tasks/{task_id}/links/{kind}/{record_id}", response={200: TaskOut, **REFUSALS})
def unlink_task(request: HttpRequest, task_id: int, kind: Kind, record_id: int) -> Any:
    """Take a link away; the task and the record stay."""
    if refusal := out_of_reach(request, task_id):
        return refusal
    try:
        ids = seen(member_of(request), kind, [record_id], "record_id")
    except MistakeError:
        return refuse(404, "not_found", "There is no such link.")
    services.unlink_tasks(task_ids=[task_id], kind=kind, ids=ids, by=token_actor(request))
    return _out(request, task_id)


@router.delete("/tasks/{task_id}", response={204: None, **REFUSALS})
def delete_task(request: HttpRequest, task_id: int) -> Any:
    """Put a task away. People can bring it back."""
    member = member_of(request)
    if not policies.deletable_by(member).filter(pk=task_id).exists():
        return out_of_reach(request, task_id) or refuse(
            403, "not_allowed", "Whoever made this token may not do that."
        )
    services.delete_tasks(task_ids=[task_id], by=token_actor(request))
    return Status(204, None)


def _change(request: HttpRequest, task_id: int, given: dict[str, Any]) -> None:
    member, by, ids = member_of(request), token_actor(request), [task_id]
    if "parent_id" in given:
        services.set_parent(task_ids=ids, parent_id=_parent(member, given["parent_id"]), by=by)
    services.change_tasks(task_ids=ids, changes=_changes(member, given), by=by)
    if given.get("step_id") is not None:
        services.move_tasks(task_ids=ids, to=_step(task_id, given["step_id"]), by=by)
    fill(task_id, given.get("attributes") or {}, by=by)
    if given.get("observer_ids") is not None:
        observers = people(member, given["observer_ids"], "observer_ids")
        services.set_observers(task_ids=ids, member_ids=observers, by=by)
    if given.get("tags") is not None:
        services.set_tags(task_ids=ids, tag_ids=_tags(request, given["tags"]), by=by)


def _changes(member: Membership, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of the task itself, as `change_tasks` takes them."""
    for name in {"title", "description", "priority", "kind", "place", "phone", "repeat"} & given.keys():
        if given[name] is None:
            raise MistakeError("This cannot be taken away.", name)
    changes: dict[str, Any] = {name: given[name] for name in PLAIN if name in given}
    changes |= {name: _moment(given[name], name) for name in ("start_at", "due_at") if name in given}
    if "due_at" in changes:
        changes["due_is_day"] = False
    if "priority" in given:
        changes["priority"] = PRIORITIES[given["priority"]]
    if "assignee_id" in given:
        changes["assignee_id"] = people(member, [given["assignee_id"]], "assignee_id")[0]
    return changes


def _parent(member: Membership, parent_id: int | None) -> int | None:
    """A task that the token's maker sees, to stand below."""
    if parent_id is not None and not policies.visible_to(member).filter(pk=parent_id).exists():
        raise MistakeError("There is no such task.", "parent_id")
    return parent_id


def _step(task_id: int, step_id: int) -> Step:
    board = Task.objects.filter(pk=task_id).values("board_id")
    step: Step | None = Step.objects.filter(pk=step_id, board_id__in=board).first()
    if step is None:
        raise MistakeError("There is no such step on the board of this task.", "step_id")
    return step


def _moment(moment: datetime | None, field: str) -> datetime | None:
    """A moment of a plausible year; one without a zone is in that of the workspace."""
    if moment is None:
        return None
    if not EARLIEST <= moment.year <= LATEST:
        raise MistakeError("That is no plausible moment.", field)
    return timezone.make_aware(moment) if moment.tzinfo is None else moment


def _tags(request: HttpRequest, names: Sequence[str]) -> list[int]:
    try:
        return [tag.pk for tag in contacts.ensure_tags(names=names, by=token_actor(request))]
    except contacts.TagRefusedError as refused:
        raise MistakeError(str(refused), "tags") from refused


def _out(request: HttpRequest, task_id: int) -> dict[str, Any] | None:
    found = selectors.api_tasks([task_id], member=member_of(request))
    return found[0] if found else None
