"""Who may change what is written about a record. Who may read it is who may see the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.timeline.models import Comment

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.accounts.models import Membership


def editable_by(member: Membership) -> QuerySet[Comment]:
    """Comments whose words `member` may change: their own."""
    return Comment.objects.filter(author_id=member.pk)


def deletable_by(member: Membership) -> QuerySet[Comment]:
    """Comments that `member` may delete or bring back: their own, an administrator's any."""
    return Comment.objects.all() if member.is_admin else editable_by(member)
