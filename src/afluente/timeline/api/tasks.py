"""Comments and history of tasks for other programs (docs/reference/api.md)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from afluente.timeline.api import acts
from afluente.timeline.api.acts import REFUSALS
from afluente.timeline.api.shapes import (
    CommentNew,
    CommentOut,
    CommentPatch,
    CommentQuery,
    CommentsOut,
    HistoryOut,
    HistoryQuery,
)

router = Router(tags=["Comments and history"])


@router.get("/tasks/{task_id}/comments", response={200: CommentsOut, **REFUSALS})
def list_task_comments(request: HttpRequest, task_id: int, asked: Query[CommentQuery]) -> Any:
    """What people wrote about a task."""
    return acts.list_about(request, "task", task_id, asked)


@router.post("/tasks/{task_id}/comments", response={201: CommentOut, **REFUSALS})
def add_task_comment(request: HttpRequest, task_id: int, payload: CommentNew) -> Any:
    """Write about a task, as the token's maker."""
    return acts.add_about(request, "task", task_id, payload)


@router.patch("/tasks/{task_id}/comments/{comment_id}", response={200: CommentOut, **REFUSALS})
def change_task_comment(request: HttpRequest, task_id: int, comment_id: int, payload: CommentPatch) -> Any:
    """Change a comment of the token's maker."""
    return acts.change_about(request, "task", task_id, comment_id, payload)


@router.delete("/tasks/{task_id}/comments/{comment_id}", response={204: None, **REFUSALS})
def delete_task_comment(request: HttpRequest, task_id: int, comment_id: int) -> Any:
    """Delete a comment."""
    return acts.delete_about(request, "task", task_id, comment_id)


@router.post("/tasks/{task_id}/comments/{comment_id}/restoration", response={200: CommentOut, **REFUSALS})
def restore_task_comment(request: HttpRequest, task_id: int, comment_id: int) -> Any:
    """Bring a deleted comment back."""
    return acts.restore_about(request, "task", task_id, comment_id)


@router.get("/tasks/{task_id}/history", response={200: HistoryOut, **REFUSALS})
def task_history(request: HttpRequest, task_id: int, asked: Query[HistoryQuery]) -> Any:
    """What happened with a task, newest first."""
    return acts.history_of(request, "task", task_id, asked)
