"""Comments and history of contacts and deals for other programs (docs/reference/api.md).

The address says what a comment is about, and so which scope it needs. A token sees what its maker
sees, and changes and deletes what its maker may.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from afluente.accounts.requests import member_of
from afluente.timeline import policies, selectors, services
from afluente.timeline.api.shapes import (
    CommentNew,
    CommentOut,
    CommentPatch,
    CommentProblem,
    CommentQuery,
    CommentsOut,
    HistoryOut,
    HistoryQuery,
)
from afluente.timeline.events import Actor
from afluente.timeline.models import Comment

router = Router(tags=["Comments and history"])


REFUSALS: Any = {404: CommentProblem, 422: CommentProblem}


@router.get("/contacts/{contact_id}/comments", response={200: CommentsOut, **REFUSALS})
def list_contact_comments(request: HttpRequest, contact_id: int, asked: Query[CommentQuery]) -> Any:
    """What people wrote about a contact."""
    return _list(request, "contact", contact_id, asked)


@router.post("/contacts/{contact_id}/comments", response={201: CommentOut, **REFUSALS})
def add_contact_comment(request: HttpRequest, contact_id: int, payload: CommentNew) -> Any:
    """Write about a contact, as the token's maker."""
    return _add(request, "contact", contact_id, payload)


@router.patch("/contacts/{contact_id}/comments/{comment_id}", response={200: CommentOut, **REFUSALS})
def change_contact_comment(
    request: HttpRequest, contact_id: int, comment_id: int, payload: CommentPatch
) -> Any:
    """Change a comment of the token's maker."""
    return _change(request, "contact", contact_id, comment_id, payload)


@router.delete("/contacts/{contact_id}/comments/{comment_id}", response={204: None, **REFUSALS})
def delete_contact_comment(request: HttpRequest, contact_id: int, comment_id: int) -> Any:
    """Delete a comment."""
    return _delete(request, "contact", contact_id, comment_id)


@router.get("/deals/{deal_id}/comments", response={200: CommentsOut, **REFUSALS})
def list_deal_comments(request: HttpRequest, deal_id: int, asked: Query[CommentQuery]) -> Any:
    """What people wrote about a deal."""
    return _list(request, "deal", deal_id, asked)


@router.post("/deals/{deal_id}/comments", response={201: CommentOut, **REFUSALS})
def add_deal_comment(request: HttpRequest, deal_id: int, payload: CommentNew) -> Any:
    """Write about a deal, as the token's maker."""
    return _add(request, "deal", deal_id, payload)


@router.patch("/deals/{deal_id}/comments/{comment_id}", response={200: CommentOut, **REFUSALS})
def change_deal_comment(request: HttpRequest, deal_id: int, comment_id: int, payload: CommentPatch) -> Any:
    """Change a comment of the token's maker."""
    return _change(request, "deal", deal_id, comment_id, payload)


@router.delete("/deals/{deal_id}/comments/{comment_id}", response={204: None, **REFUSALS})
def delete_deal_comment(request: HttpRequest, deal_id: int, comment_id: int) -> Any:
    """Delete a comment."""
    return _delete(request, "deal", deal_id, comment_id)


@router.post(
    "/contacts/{contact_id}/comments/{comment_id}/restoration", response={200: CommentOut, **REFUSALS}
)
def restore_contact_comment(request: HttpRequest, contact_id: int, comment_id: int) -> Any:
    """Bring a deleted comment back."""
    return _restore(request, "contact", contact_id, comment_id)


@router.get("/contacts/{contact_id}/history", response={200: HistoryOut, **REFUSALS})
def contact_history(request: HttpRequest, contact_id: int, asked: Query[HistoryQuery]) -> Any:
    """What happened with a contact and its deals, newest first."""
    member = member_of(request)
    if not policies.is_seen(member, "contact", contact_id):
        return _not_found()
    if refused := _unknown_kind(asked):
        return refused
    items, following = selectors.contact_events(
        member=member, contact_id=contact_id, before=asked.cursor, only=asked.kind or None
    )
    return {"items": items, "next": following}


@router.post("/deals/{deal_id}/comments/{comment_id}/restoration", response={200: CommentOut, **REFUSALS})
def restore_deal_comment(request: HttpRequest, deal_id: int, comment_id: int) -> Any:
    """Bring a deleted comment back."""
    return _restore(request, "deal", deal_id, comment_id)


@router.get("/deals/{deal_id}/history", response={200: HistoryOut, **REFUSALS})
def deal_history(request: HttpRequest, deal_id: int, asked: Query[HistoryQuery]) -> Any:
    """What happened with a deal, newest first."""
    member = member_of(request)
    if not policies.is_seen(member, "deal", deal_id):
        return _not_found()
    if refused := _unknown_kind(asked):
        return refused
    items, following = selectors.deal_events(
        member=member, deal_id=deal_id, before=asked.cursor, only=asked.kind or None
    )
    return {"items": items, "next": following}


def _unknown_kind(asked: HistoryQuery) -> Status[Any] | None:
    known = [kind.name for kind in selectors.known_kinds()]
    found = next((kind for kind in asked.kind if kind not in known), None)
    return (
        _refusal(422, "invalid", f"There is no kind {found}. Known are: {', '.join(known)}.", "kind")
        if found
        else None
    )


def _list(request: HttpRequest, kind: str, number: int, asked: CommentQuery) -> Any:
    if not policies.is_seen(member_of(request), kind, number):
        return _not_found()
    if asked.parent_id and not selectors.of_record(kind, number).filter(pk=asked.parent_id).exists():
        return _refusal(422, "invalid", "There is no such comment here.", "parent_id")
    items, following = selectors.comments_about(
        kind=kind, number=number, parent_id=asked.parent_id, before=asked.cursor, limit=asked.limit
    )
    return {"items": items, "next": following}


def _add(request: HttpRequest, kind: str, number: int, payload: CommentNew) -> Any:
    member = member_of(request)
    if not policies.is_seen(member, kind, number):
        return _not_found()
    parent = None
    if payload.parent_id is not None:
        parent = _present(kind, number).filter(pk=payload.parent_id).select_related("parent").first()
        if parent is None:
            return _refusal(422, "invalid", "There is no such comment here.", "parent_id")
    try:
        made = services.add_comment(
            text=payload.text,
            by=member,
            contact_id=number if kind == "contact" else None,
            deal_id=number if kind == "deal" else None,
            parent=parent,
            mentions=payload.mentions,
            files=payload.files,
            limit=services.HARD_LIMIT,
            actor=_actor(request),
        )
    except services.CommentRefusedError as refused:
        return _refusal(422, "invalid", str(refused), "text")
    return Status(201, selectors.as_values(Comment.objects.filter(pk=made.pk))[0])


def _change(request: HttpRequest, kind: str, number: int, pk: int, payload: CommentPatch) -> Any:
    member = member_of(request)
    found = policies.editable_by(member).filter(pk=pk, pk__in=_present(kind, number).values("pk")).first()
    if found is None:
        return _not_found()
    try:
        services.edit_comment(
            comment=found,
            text=payload.text,
            by=member,
            mentions=payload.mentions,
            limit=services.HARD_LIMIT,
            actor=_actor(request),
        )
    except services.CommentRefusedError as refused:
        return _refusal(422, "invalid", str(refused), "text")
    return selectors.as_values(Comment.objects.filter(pk=pk))[0]


def _delete(request: HttpRequest, kind: str, number: int, pk: int) -> Any:
    member = member_of(request)
    found = policies.deletable_by(member).filter(pk=pk, pk__in=_present(kind, number).values("pk")).first()
    if found is None:
        return _not_found()
    services.delete_comment(comment=found, by=member, actor=_actor(request))
    return Status(204, None)


def _restore(request: HttpRequest, kind: str, number: int, pk: int) -> Any:
    member = member_of(request)
    here = selectors.of_record(kind, number).values("pk")
    found = policies.deletable_by(member).filter(pk=pk, pk__in=here).exclude(deleted_at=None).first()
    if found is None:
        return _not_found()
    services.restore_comment(comment=found, by=member)
    return selectors.as_values(Comment.objects.filter(pk=pk))[0]


def _present(kind: str, number: int) -> Any:
    return selectors.of_record(kind, number).filter(deleted_at=None)


def _actor(request: HttpRequest) -> Actor:
    return Actor("token", request.token.pk, request.token.name)  # type: ignore[attr-defined]


def _refusal(status: int, code: str, message: str, field: str | None = None) -> Status[Any]:
    return Status(status, {"error": {"code": code, "message": message, "field": field}})


def _not_found() -> Status[Any]:
    return _refusal(404, "not_found", "There is no such record or comment.")
