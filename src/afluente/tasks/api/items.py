"""Checklists for other programs, and the calendar address of the token's maker."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Status

from afluente.accounts.requests import member_of
from afluente.tasks import policies, services
from afluente.tasks.api.answers import REFUSALS, no_task, not_allowed, out_of_reach, refuse
from afluente.tasks.api.board_shapes import CalendarOut, CheckItemsOut, ItemPatch, ItemsNew, ItemsOrder
from afluente.tasks.models import CheckItem
from afluente.timeline.events import token_actor

router = Router(tags=["Tasks"])


@router.get("/tasks/calendar", response={200: CalendarOut, **REFUSALS})
def read_calendar(request: HttpRequest) -> Any:
    """The calendar address of the token's maker."""
    member = member_of(request)
    return _calendar(member) if policies.may_list(member) else not_allowed()


@router.post("/tasks/calendar", response={200: CalendarOut, **REFUSALS})
def renew_calendar(request: HttpRequest) -> Any:
    """Make a calendar address, or a new one: the old one leads nowhere from then on."""
    member = member_of(request)
    if not policies.may_list(member):
        return not_allowed()
    services.make_feed(member=member)
    return _calendar(member)


@router.delete("/tasks/calendar", response={204: None, **REFUSALS})
def end_calendar(request: HttpRequest) -> Any:
    """Let the calendar address lead nowhere."""
    services.end_feed(member=member_of(request))
    return Status(204, None)


@router.get("/tasks/{task_id}/items", response={200: CheckItemsOut, **REFUSALS})
def list_items(request: HttpRequest, task_id: int) -> Any:
    """The checklist of a task, in its order."""
    if not policies.visible_to(member_of(request)).filter(pk=task_id).exists():
        return no_task()
    return _items(task_id)


@router.post("/tasks/{task_id}/items", response={201: CheckItemsOut, **REFUSALS})
def add_items(request: HttpRequest, task_id: int, payload: ItemsNew) -> Any:
    """Add lines at the end of the checklist."""
    if refusal := out_of_reach(request, task_id):
        return refusal
    try:
        services.add_items(task_id=task_id, texts=payload.texts, by=token_actor(request))
    except services.TaskRefusedError as refused:
        return refuse(422, "invalid", str(refused), "texts")
    return Status(201, _items(task_id))


@router.put("/tasks/{task_id}/items/order", response={200: CheckItemsOut, **REFUSALS})
def order_items(request: HttpRequest, task_id: int, payload: ItemsOrder) -> Any:
    """Put the lines in this order."""
    if refusal := out_of_reach(request, task_id):
        return refusal
    known = CheckItem.objects.filter(task_id=task_id, pk__in=payload.item_ids)
    if known.count() < len(set(payload.item_ids)):
        return refuse(422, "invalid", "There is no such line in this checklist.", "item_ids")
    services.order_items(task_id=task_id, ids=payload.item_ids, by=token_actor(request))
    return _items(task_id)


@router.patch("/tasks/{task_id}/items/{item_id}", response={200: CheckItemsOut, **REFUSALS})
def change_item(request: HttpRequest, task_id: int, item_id: int, payload: ItemPatch) -> Any:
    """Tick a line off or not, or let it say something else."""
    if refusal := out_of_reach(request, task_id):
        return refusal
    item = CheckItem.objects.filter(task_id=task_id, pk=item_id).first()
    if item is None:
        return _no_item()
    by = token_actor(request)
    try:
        with transaction.atomic():
            if payload.text is not None:
                services.change_item(item=item, words=payload.text, by=by)
            if payload.is_done is not None:
                member = member_of(request)
                services.tick_items(item_ids=[item_id], is_done=payload.is_done, by=by, member=member)
    except services.TaskRefusedError as refused:
        return refuse(422, "invalid", str(refused), "text")
    return _items(task_id)


@router.delete("/tasks/{task_id}/items/{item_id}", response={200: CheckItemsOut, **REFUSALS})
def remove_item(request: HttpRequest, task_id: int, item_id: int) -> Any:
    """Take a line off."""
    if refusal := out_of_reach(request, task_id):
        return refusal
    item = CheckItem.objects.filter(task_id=task_id, pk=item_id).first()
    if item is None:
        return _no_item()
    services.remove_item(item=item, by=token_actor(request))
    return _items(task_id)


def _items(task_id: int) -> dict[str, Any]:
    rows = CheckItem.objects.filter(task_id=task_id).order_by("position", "pk")
    return {
        "items": [
            {
                "id": row.pk,
                "text": row.text,
                "is_done": row.done_at is not None,
                "done_at": row.done_at,
                "done_by_id": row.done_by_id,
            }
            for row in rows
        ]
    }


def _calendar(member: Any) -> dict[str, str | None]:
    secret = services.feed_secret(member=member)
    path = reverse("tasks:feed", args=[member.workspace_id, secret]) if secret else ""
    return {"address": f"{settings.ENVIRONMENT.base_url.rstrip('/')}{path}" if path else None}


def _no_item() -> Status[Any]:
    return refuse(404, "not_found", "There is no such line in this checklist.")
