"""Comments and history of contacts and deals for other programs (docs/reference/api.md)."""

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


@router.get("/contacts/{contact_id}/comments", response={200: CommentsOut, **REFUSALS})
def list_contact_comments(request: HttpRequest, contact_id: int, asked: Query[CommentQuery]) -> Any:
    """What people wrote about a contact."""
    return acts.list_about(request, "contact", contact_id, asked)


@router.post("/contacts/{contact_id}/comments", response={201: CommentOut, **REFUSALS})
def add_contact_comment(request: HttpRequest, contact_id: int, payload: CommentNew) -> Any:
    """Write about a contact, as the token's maker."""
    return acts.add_about(request, "contact", contact_id, payload)


@router.patch("/contacts/{contact_id}/comments/{comment_id}", response={200: CommentOut, **REFUSALS})
def change_contact_comment(
    request: HttpRequest, contact_id: int, comment_id: int, payload: CommentPatch
) -> Any:
    """Change a comment of the token's maker."""
    return acts.change_about(request, "contact", contact_id, comment_id, payload)


@router.delete("/contacts/{contact_id}/comments/{comment_id}", response={204: None, **REFUSALS})
def delete_contact_comment(request: HttpRequest, contact_id: int, comment_id: int) -> Any:
    """Delete a comment."""
    return acts.delete_about(request, "contact", contact_id, comment_id)


@router.get("/deals/{deal_id}/comments", response={200: CommentsOut, **REFUSALS})
def list_deal_comments(request: HttpRequest, deal_id: int, asked: Query[CommentQuery]) -> Any:
    """What people wrote about a deal."""
    return acts.list_about(request, "deal", deal_id, asked)


@router.post("/deals/{deal_id}/comments", response={201: CommentOut, **REFUSALS})
def add_deal_comment(request: HttpRequest, deal_id: int, payload: CommentNew) -> Any:
    """Write about a deal, as the token's maker."""
    return acts.add_about(request, "deal", deal_id, payload)


@router.patch("/deals/{deal_id}/comments/{comment_id}", response={200: CommentOut, **REFUSALS})
def change_deal_comment(request: HttpRequest, deal_id: int, comment_id: int, payload: CommentPatch) -> Any:
    """Change a comment of the token's maker."""
    return acts.change_about(request, "deal", deal_id, comment_id, payload)


@router.delete("/deals/{deal_id}/comments/{comment_id}", response={204: None, **REFUSALS})
def delete_deal_comment(request: HttpRequest, deal_id: int, comment_id: int) -> Any:
    """Delete a comment."""
    return acts.delete_about(request, "deal", deal_id, comment_id)


@router.post(
    "/contacts/{contact_id}/comments/{comment_id}/restoration", response={200: CommentOut, **REFUSALS}
)
def restore_contact_comment(request: HttpRequest, contact_id: int, comment_id: int) -> Any:
    """Bring a deleted comment back."""
    return acts.restore_about(request, "contact", contact_id, comment_id)


@router.get("/contacts/{contact_id}/history", response={200: HistoryOut, **REFUSALS})
def contact_history(request: HttpRequest, contact_id: int, asked: Query[HistoryQuery]) -> Any:
    """What happened with a contact and its deals, newest first."""
    return acts.history_of(request, "contact", contact_id, asked)


@router.post("/deals/{deal_id}/comments/{comment_id}/restoration", response={200: CommentOut, **REFUSALS})
def restore_deal_comment(request: HttpRequest, deal_id: int, comment_id: int) -> Any:
    """Bring a deleted comment back."""
    return acts.restore_about(request, "deal", deal_id, comment_id)


@router.get("/deals/{deal_id}/history", response={200: HistoryOut, **REFUSALS})
def deal_history(request: HttpRequest, deal_id: int, asked: Query[HistoryQuery]) -> Any:
    """What happened with a deal, newest first."""
    return acts.history_of(request, "deal", deal_id, asked)
