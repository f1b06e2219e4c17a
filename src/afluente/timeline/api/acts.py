"""Comments and history of any record for other programs: what each address does, once.

The address says what a comment is about, and so which scope it needs. A token sees what its maker
sees, and changes and deletes what its maker may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Status

from afluente.accounts.requests import member_of
from afluente.timeline import policies, selectors, services
from afluente.timeline.api.shapes import CommentProblem
from afluente.timeline.events import token_actor
from afluente.timeline.models import Comment

if TYPE_CHECKING:
    from django.http import HttpRequest

    from afluente.timeline.api.shapes import CommentNew, CommentPatch, CommentQuery, HistoryQuery

REFUSALS: Any = {404: CommentProblem, 422: CommentProblem}


def history_of(request: HttpRequest, kind: str, number: int, asked: HistoryQuery) -> Any:
    """A page of what happened with a record, newest first."""
    member = member_of(request)
    if not policies.is_seen(member, kind, number):
        return _not_found()
    if refused := _unknown_kind(asked):
        return refused
    wanted: Any = {"member": member, "before": asked.cursor, "only": asked.kind or None}
    items, following = (
        selectors.contact_events(contact_id=number, **wanted)
        if kind == "contact"
        else selectors.record_events(of=(kind, number), **wanted)
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


def list_about(request: HttpRequest, kind: str, number: int, asked: CommentQuery) -> Any:
    """A page of comments about a record, or of answers to one."""
    if not policies.is_seen(member_of(request), kind, number):
        return _not_found()
    if asked.parent_id and not selectors.of_record(kind, number).filter(pk=asked.parent_id).exists():
        return _refusal(422, "invalid", "There is no such comment here.", "parent_id")
    items, following = selectors.comments_about(
        kind=kind, number=number, parent_id=asked.parent_id, before=asked.cursor, limit=asked.limit
    )
    return {"items": items, "next": following}


def add_about(request: HttpRequest, kind: str, number: int, payload: CommentNew) -> Any:
    """Write about a record as the token's maker."""
    member = member_of(request)
    if not policies.is_seen(member, kind, number):
        return _not_found()
    parent = None
    if payload.parent_id is not None:
        parent = _present(kind, number).filter(pk=payload.parent_id).select_related("parent").first()
        if parent is None:
            return _refusal(422, "invalid", "There is no such comment here.", "parent_id")
    about: Any = {f"{kind}_id": number}
    try:
        made = services.add_comment(
            text=payload.text,
            by=member,
            parent=parent,
            mentions=payload.mentions,
            files=payload.files,
            limit=services.HARD_LIMIT,
            actor=token_actor(request),
            **about,
        )
    except services.CommentRefusedError as refused:
        return _refusal(422, "invalid", str(refused), "text")
    return Status(201, selectors.as_values(Comment.objects.filter(pk=made.pk))[0])


def change_about(request: HttpRequest, kind: str, number: int, pk: int, payload: CommentPatch) -> Any:
    """Change a comment of the token's maker."""
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
            actor=token_actor(request),
        )
    except services.CommentRefusedError as refused:
        return _refusal(422, "invalid", str(refused), "text")
    return selectors.as_values(Comment.objects.filter(pk=pk))[0]


def delete_about(request: HttpRequest, kind: str, number: int, pk: int) -> Any:
    """Delete a comment about a record."""
    member = member_of(request)
    found = policies.deletable_by(member).filter(pk=pk, pk__in=_present(kind, number).values("pk")).first()
    if found is None:
        return _not_found()
    services.delete_comment(comment=found, by=member, actor=token_actor(request))
    return Status(204, None)


def restore_about(request: HttpRequest, kind: str, number: int, pk: int) -> Any:
    """Bring a deleted comment back."""
    member = member_of(request)
    here = selectors.of_record(kind, number).values("pk")
    found = policies.deletable_by(member).filter(pk=pk, pk__in=here).exclude(deleted_at=None).first()
    if found is None:
        return _not_found()
    services.restore_comment(comment=found, by=member)
    return selectors.as_values(Comment.objects.filter(pk=pk))[0]


def _present(kind: str, number: int) -> Any:
    return selectors.of_record(kind, number).filter(deleted_at=None)


def _refusal(status: int, code: str, message: str, field: str | None = None) -> Status[Any]:
    return Status(status, {"error": {"code": code, "message": message, "field": field}})


def _not_found() -> Status[Any]:
    return _refusal(404, "not_found", "There is no such record or comment.")
