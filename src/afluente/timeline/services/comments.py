"""What people write about a contact or a deal (crm.md 5.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext, ngettext

from afluente.kernel import clock
from afluente.timeline.events import Actor, NewEvent
from afluente.timeline.models import Comment
from afluente.timeline.services.recording import record

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

LIMIT = 5000  # characters (crm.md 2.8)


class CommentRefusedError(Exception):
    """A comment that cannot be kept; its text is a sentence for the person who wrote it."""


@transaction.atomic
def add_comment(
    *, text: str, by: Membership, contact_id: int | None = None, deal_id: int | None = None
) -> Comment:
    """Write a comment about a contact or a deal that the caller has found through its policy.

    Raises CommentRefusedError when there is no text or more than 5,000 characters.
    """
    words = _checked(text)
    actor = Actor("member", by.pk, by.user.name)
    event_id = record([NewEvent("comment.added", actor, contact_id=contact_id, deal_id=deal_id)])[0]
    return Comment.objects.create(
        contact_id=contact_id,
        deal_id=deal_id,
        author=by,
        event_id=event_id,
        text=words,
        created_at=clock.now(),
    )


@transaction.atomic
def edit_comment(*, comment: Comment, text: str, by: Membership) -> Comment:
    """Change the words of a comment. The history marks it as edited.

    Raises CommentRefusedError as `add_comment` does.
    """
    words = _checked(text)
    if words == comment.text:
        return comment
    comment.text, comment.edited_at = words, clock.now()
    comment.save(update_fields=["text", "edited_at"])
    _tell("edited", comment, by)
    return comment


@transaction.atomic
def delete_comment(*, comment: Comment, by: Membership) -> None:
    """Take a comment out of the history. `restore_comment` brings it back."""
    if comment.deleted_at is not None:
        return
    comment.deleted_at = clock.now()
    comment.save(update_fields=["deleted_at"])
    _tell("deleted", comment, by)


@transaction.atomic
def restore_comment(*, comment: Comment, by: Membership) -> None:
    """Bring back a deleted comment, at its old place."""
    if comment.deleted_at is None:
        return
    comment.deleted_at = None
    comment.save(update_fields=["deleted_at"])
    _tell("restored", comment, by)


def _tell(what: str, comment: Comment, by: Membership) -> None:
    """One hidden event, so that open screens read the comment again."""
    actor = Actor("member", by.pk, by.user.name)
    record(
        [
            NewEvent(
                "comment.changed",
                actor,
                contact_id=comment.contact_id,
                deal_id=comment.deal_id,
                data={"comment": comment.pk, "what": what},
            )
        ]
    )


def _checked(text: str) -> str:
    words = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not words:
        raise CommentRefusedError(gettext("Write something first."))
    if (over := len(words) - LIMIT) > 0:
        raise CommentRefusedError(
            ngettext(
                "A comment holds 5,000 characters. Take out {n} character.",
                "A comment holds 5,000 characters. Take out {n} characters.",
                over,
            ).format(n=over)
        )
    return words
