"""What goes in and out of the API of comments and history."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import ConfigDict

from afluente.timeline import services

LARGEST = 2**63 - 1


class CommentNew(Schema):
    """A comment. Who is mentioned is named in the text as @ and their full name."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=services.HARD_LIMIT)
    mentions: list[int] = Field(
        [],
        max_length=20,
        description="Members meant by the names in the text; needed where two share a name.",
    )
    files: list[int] = Field([], max_length=20, description="Files of the store, shown with the comment.")
    parent_id: int | None = Field(None, description="The comment that this one answers.")


class CommentPatch(Schema):
    """New words."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=services.HARD_LIMIT)
    mentions: list[int] = Field([], max_length=20)


class MentionOut(Schema):
    """A member named in the text: `length` characters from `start`; the name as it is now."""

    member_id: int
    name: str
    start: int
    length: int


class CommentFileOut(Schema):
    id: int
    name: str
    size: int


class CommentOut(Schema):
    id: int
    text: str
    author_id: int
    author_name: str
    parent_id: int | None
    created_at: datetime
    edited_at: datetime | None
    mentions: list[MentionOut]
    files: list[CommentFileOut]
    reply_count: int
    replied_by: list[int] = Field(description="Up to three members who answered.")


class CommentsOut(Schema):
    """Newest first. Pass `next` as `cursor` for the following ones; null at the end."""

    items: list[CommentOut]
    next: str | None


class HistoryEventOut(Schema):
    id: int
    at: datetime
    kind: str
    deal_id: int | None
    actor_kind: str
    actor_id: int | None
    actor_name: str
    data: dict[str, Any]
    comment: str | None = None


class HistoryOut(Schema):
    items: list[HistoryEventOut]
    next: str | None


class CommentQuery(Schema):
    """Comments at the top, or with `parent_id` the answers to one."""

    parent_id: int | None = Field(None, ge=1, le=LARGEST)
    cursor: int | None = Field(None, ge=1, le=LARGEST)
    limit: int = Field(50, ge=1, le=100)


class HistoryQuery(Schema):
    """All kinds, or those named: `kind=deal.moved&kind=comment.added`."""

    cursor: int | None = Field(None, ge=1, le=LARGEST)
    kind: list[Annotated[str, Field(max_length=60)]] = Field([], max_length=30)


class CommentProblem(Schema):
    error: dict[str, Any]
