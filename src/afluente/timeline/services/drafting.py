"""Files of a comment that is not sent yet: kept on the server, let go when it is sent or given up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.files import services as files
from afluente.files.models import Attachment, File
from afluente.kernel import clock, jobs
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline.models import DraftFile

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.files.events import By
    from afluente.timeline.models import Comment

MOST = 20  # files in one box
KEPT = timedelta(days=14)
DRAFT_JOB = "timeline.draft_file"


@transaction.atomic
def choose_file(*, file: File, draft: str, member: Membership, is_brought: bool = False) -> bool:
    """Remember that `member` wants this file, which they see, with the comment in the box `draft`.

    False when the box holds MOST already. Given up after KEPT.
    """
    here = DraftFile.objects.filter(member=member, draft=draft)
    if here.count() >= MOST:
        return False
    made, is_new = DraftFile.objects.get_or_create(
        member=member,
        draft=draft,
        file=file,
        defaults={"created_at": clock.now(), "is_brought": is_brought},
    )
    if is_new:
        jobs.enqueue(
            DRAFT_JOB,
            {"draft_file_id": made.pk},
            due_at=clock.now() + KEPT,
            workspace_id=current_workspace_id(),
        )
    return True


@transaction.atomic
def leave_file(*, file_id: int, draft: str, member: Membership) -> None:
    """Take a file out of a box again. One that was brought for this comment alone leaves the store."""
    for chosen in DraftFile.objects.filter(member=member, draft=draft, file_id=file_id):
        _give_up(chosen, files.member_by(member))


@transaction.atomic
def give_up_file(*, draft_file_id: int) -> None:
    """The comment was never sent: forget that the file was chosen."""
    for chosen in DraftFile.objects.filter(pk=draft_file_id).select_related("member__user"):
        _give_up(chosen, files.member_by(chosen.member))


def forget_draft(*, comment: Comment, member: Membership) -> None:
    """The comment was sent: its box is empty again."""
    kind, number = comment.record
    draft = f"reply:{comment.parent_id}" if comment.parent_id else f"comment:{kind}:{number}"
    DraftFile.objects.filter(member=member, draft=draft).delete()


def _give_up(chosen: DraftFile, by: By) -> None:
    chosen.delete()
    is_wanted = (
        Attachment.objects.filter(file_id=chosen.file_id).exists()
        or DraftFile.objects.filter(file_id=chosen.file_id).exists()
    )
    if chosen.is_brought and not is_wanted:
        files.delete_files(files=list(File.objects.filter(pk=chosen.file_id, state=File.State.READY)), by=by)
