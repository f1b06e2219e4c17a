"""Replies to comments: how many and whose, for a page of a history; and one thread, opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Count, Prefetch, prefetch_related_objects
from django.db.models.functions import JSONObject
from django.urls import reverse

from afluente.files.models import Attachment, File
from afluente.kernel import slots
from afluente.timeline.models import Comment, Mention
from afluente.timeline.selectors.boxes import Box
from afluente.timeline.selectors.drafts import files_of_draft

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from afluente.accounts.models import Membership

FACES = 3  # of those who replied, shown beside the number


@dataclass(frozen=True)
class Reply:
    """One answer, and what the reader may do with it."""

    comment: Comment
    may_edit: bool
    may_delete: bool
    attachments: Sequence[slots.Part] = ()


@dataclass(frozen=True, kw_only=True)
class Thread:
    """The answers to a comment. Closed, it knows how many and whose; `replies` are there when open."""

    comment: Comment
    count: int = 0
    people: Sequence[Mapping[str, Any]] = ()
    is_open: bool = False
    replies: Sequence[Reply] = field(default_factory=list)
    box: Box | None = None


def with_mentions() -> Prefetch[Any]:
    """For a queryset of comments: those named in each, in order, with their present names."""
    named = Mention.objects.select_related("member__user").order_by("start")
    return Prefetch("mentions", queryset=named)


def name_mentioned(comments: Iterable[Comment]) -> None:
    """Have the mentions at hand of those comments that can have any: each begins with an @."""
    prefetch_related_objects([one for one in comments if "@" in one.text], with_mentions())


def summaries(comments: Collection[Comment]) -> dict[int, Thread]:
    """By comment: how many replies, and up to three who wrote them. One query, none for no comments."""
    by_id = {comment.pk: comment for comment in comments}
    if not by_id:
        return {}
    rows = (
        Comment.objects.filter(parent_id__in=list(by_id), deleted_at=None)
        .order_by()
        .values("parent_id")
        .annotate(
            count=Count("pk"),
            people=JSONBAgg(JSONObject(id="author_id", name="author__user__name"), distinct=True),
        )
    )
    return {
        row["parent_id"]: Thread(
            comment=by_id[row["parent_id"]], count=row["count"], people=row["people"][:FACES]
        )
        for row in rows
    }


def opened(*, member: Membership, comment: Comment, box: Box | None = None) -> Thread:
    """The thread of a comment that `member` may read, with all replies and a box to answer in."""
    found = list(
        Comment.objects.filter(parent_id=comment.pk, deleted_at=None)
        .select_related("author__user")
        .prefetch_related(with_mentions())
        .order_by("pk")
    )
    files = attachments(member=member, comments=found)
    replies = [
        Reply(
            comment=one,
            may_edit=one.author_id == member.pk,
            may_delete=member.is_admin or one.author_id == member.pk,
            attachments=files.get(one.pk, ()),
        )
        for one in found
    ]
    return Thread(
        comment=comment,
        count=len(replies),
        is_open=True,
        replies=replies,
        box=box or reply_box(comment, member),
    )


def reply_box(comment: Comment, member: Membership) -> Box:
    """The box in which `member` answers a comment."""
    kind, number = comment.record
    draft = f"reply:{comment.pk}"
    return Box(
        name=f"reply-{comment.pk}",
        target=f"thread-{comment.pk}",
        url=reverse("timeline:replies", args=[comment.pk]),
        record_kind=kind,
        record_id=number,
        draft=draft,
        files=partial(files_of_draft, member, draft),
        is_reply=True,
    )


def files_of(comment_ids: Collection[int]) -> dict[int, list[File]]:
    """The files of these comments, in the order in which they came. One query, none for none."""
    found: dict[int, list[File]] = {}
    if comment_ids:
        links = Attachment.objects.filter(
            kind="comment", entity_id__in=list(comment_ids), file__state=File.State.READY
        )
        for link in links.select_related("file").order_by("pk"):
            found.setdefault(link.entity_id, []).append(link.file)
    return found


def attachments(
    *, member: Membership, comments: Collection[Comment], with_files: Collection[int] | None = None
) -> dict[int, list[slots.Part]]:
    """What hangs on these comments: their files, and what slices above bring (slot `comment.attachments`).

    Whoever knows which of them have files says so. A source of the slot is called once with all comments,
    and brings a `slots.Column` whose values are Parts.
    """
    carrying = [comment.pk for comment in comments] if with_files is None else with_files
    found = {
        comment_id: [slots.Part(template="timeline/_files.html", context={"files": files})]
        for comment_id, files in files_of(carrying).items()
    }
    if comments:
        for column in slots.parts("comment.attachments", member=member, comments=list(comments)):
            for comment_id, part in column.values.items():
                found.setdefault(comment_id, []).append(part)
    return found
