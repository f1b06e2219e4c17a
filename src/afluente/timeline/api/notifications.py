"""What the token's maker is told, for other programs: to show it elsewhere and to mark it as read there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict

from afluente.accounts.requests import member_of, token_of
from afluente.timeline import policies, services
from afluente.timeline.models import Notification
from afluente.timeline.selectors import notifications as reading

SCOPES = {
    "company": "contacts:read",
    "endpoint": "messages:read",
}  # of records whose kind is not the name of a scope
router = Router(tags=["Notifications"])
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
MOST = 100


class NotificationOut(Schema):
    """Something the token's maker is told. `url` is its page, below the address of this installation."""

    id: int
    kind: str
    text: str
    excerpt: str
    record_kind: str
    record_id: int
    comment_id: int | None
    actor_name: str
    url: str
    created_at: datetime
    read_at: datetime | None


class NotificationsOut(Schema):
    """Newest first, thirty at a time. Pass `next` as `cursor` for the following ones; null at the end."""

    items: list[NotificationOut]
    next: str | None
    unread: int = Field(description="How many are unread, counted to 100.")


class NotificationQuery(Schema):
    unread: bool = Field(False, description="Only what is unread.")
    cursor: Number | None = None


class MarkingShape(Schema):
    """Which to mark: by number, or every one."""

    model_config = ConfigDict(extra="forbid")
    ids: list[Number] | None = Field(None, max_length=MOST, description="Left out: every one.")
    is_read: bool = True


class MarkedOut(Schema):
    unread: int


class NotificationProblem(Schema):
    error: dict[str, Any]


@router.get("/notifications", response={200: NotificationsOut})
def list_notifications(request: HttpRequest, asked: Query[NotificationQuery]) -> Any:
    """Mentions, replies and whatever else the token's maker is told, of records that the token may read."""
    member = member_of(request)
    lines, following = reading.page(
        member=member, unread=asked.unread, before=asked.cursor, kinds=_kinds(request)
    )
    return {
        "items": [_out(line) for line in lines],
        "next": str(following) if following else None,
        "unread": reading.unread_count(member, kinds=_kinds(request)),
    }


@router.post("/notifications/reading", response={200: MarkedOut, 422: NotificationProblem})
def mark_notifications(request: HttpRequest, payload: MarkingShape) -> Any:
    """Mark as read, or with `is_read` false as unread again. Numbers of others are passed over."""
    found = _own(request)
    if payload.ids is not None:
        found = found.filter(pk__in=payload.ids)
    if payload.is_read:
        services.mark_read(found=found)
    elif payload.ids is not None:
        services.mark_unread(found=found)
    else:
        error = {"code": "invalid", "message": "Send the numbers of what is unread again.", "field": "ids"}
        return Status(422, {"error": error})
    member = member_of(request)
    return {"unread": reading.unread_count(member, kinds=_kinds(request))}


def _own(request: HttpRequest) -> QuerySet[Notification]:
    member = member_of(request)
    return policies.notifications_of(member).filter(in_app=True, record_kind__in=_kinds(request))


def _kinds(request: HttpRequest) -> list[str]:
    """Kinds of records that the token may read."""
    scopes = token_of(request).scopes
    return [kind for kind in policies.record_kinds() if SCOPES.get(kind, f"{kind}s:read") in scopes]


def _out(line: reading.Line) -> dict[str, Any]:
    row = line.notification
    names = ("kind", "record_kind", "record_id", "comment_id", "actor_name", "created_at", "read_at")
    return {
        "id": row.pk,
        "text": line.plain,
        "excerpt": line.excerpt,
        "url": line.url,
        **{name: getattr(row, name) for name in names},
    }
