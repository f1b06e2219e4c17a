"""Comments that come with records from another system: many at once, nobody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.kernel import clock
from afluente.timeline.events import NewEvent
from afluente.timeline.models import Comment, Event
from afluente.timeline.services.recording import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor


@transaction.atomic
def add_notes(
    *, notes: Sequence[tuple[int, str]], author: Membership, by: Actor, told: Mapping[str, Any]
) -> None:
    """Write (contact, text) notes as comments of `author`, in the order given. Two statements.

    `told` is what their events say besides: where they came from.
    """
    events = record(
        [NewEvent("comment.added", by, contact_id=contact_id, data=told) for contact_id, _ in notes]
    )
    moment = clock.now()
    Comment.objects.bulk_create(
        [
            Comment(contact_id=contact_id, author=author, event_id=event, text=words, created_at=moment)
            for (contact_id, words), event in zip(notes, events, strict=True)
        ]
    )


@transaction.atomic
def withdraw_notes(*, contact_ids: Sequence[int], import_id: int) -> int:
    """Delete the notes that an import wrote about these contacts, unless somebody answered or edited them."""
    events = Event.objects.filter(
        contact_id__in=list(contact_ids), kind="comment.added", data__import__id=import_id
    )
    return Comment.objects.filter(
        event__in=events, edited_at=None, deleted_at=None, replies__isnull=True
    ).update(deleted_at=clock.now())
