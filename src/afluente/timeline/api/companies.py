"""Comments and history of companies for other programs (docs/reference/api.md)."""

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


@router.get("/companies/{company_id}/comments", response={200: CommentsOut, **REFUSALS})
def list_company_comments(request: HttpRequest, company_id: int, asked: Query[CommentQuery]) -> Any:
    """What people wrote about a company."""
    return acts.list_about(request, "company", company_id, asked)


@router.post("/companies/{company_id}/comments", response={201: CommentOut, **REFUSALS})
def add_company_comment(request: HttpRequest, company_id: int, payload: CommentNew) -> Any:
    """Write about a company, as the token's maker."""
    return acts.add_about(request, "company", company_id, payload)


@router.patch("/companies/{company_id}/comments/{comment_id}", response={200: CommentOut, **REFUSALS})
def change_company_comment(
    request: HttpRequest, company_id: int, comment_id: int, payload: CommentPatch
) -> Any:
    """Change a comment of the token's maker."""
    return acts.change_about(request, "company", company_id, comment_id, payload)


@router.delete("/companies/{company_id}/comments/{comment_id}", response={204: None, **REFUSALS})
def delete_company_comment(request: HttpRequest, company_id: int, comment_id: int) -> Any:
    """Delete a comment."""
    return acts.delete_about(request, "company", company_id, comment_id)


@router.post(
    "/companies/{company_id}/comments/{comment_id}/restoration", response={200: CommentOut, **REFUSALS}
)
def restore_company_comment(request: HttpRequest, company_id: int, comment_id: int) -> Any:
    """Bring a deleted comment back."""
    return acts.restore_about(request, "company", company_id, comment_id)


@router.get("/companies/{company_id}/history", response={200: HistoryOut, **REFUSALS})
def company_history(request: HttpRequest, company_id: int, asked: Query[HistoryQuery]) -> Any:
    """What happened with a company, newest first."""
    return acts.history_of(request, "company", company_id, asked)
