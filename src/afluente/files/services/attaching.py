"""Files with records: attach and take off (SP-100, SP-164, SP-167)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.files.events import By, FileAttached, FileDetached
from afluente.files.models import Attachment, File
from afluente.kernel import bus, clock

if TYPE_CHECKING:
    from afluente.accounts.models import Membership


@transaction.atomic
def attach_file(*, file: File, kind: str, entity_id: int, member: Membership, by: By) -> Attachment:
    """Show `file` with a record that the caller has found through its policy. Twice is once."""
    made, is_new = Attachment.objects.get_or_create(
        file=file, kind=kind, entity_id=entity_id, defaults={"by": member, "at": clock.now()}
    )
    if is_new:
        bus.publish(FileAttached(kind=kind, entity_id=entity_id, file_id=file.pk, name=file.name, by=by))
    return made


@transaction.atomic
def detach_file(*, file: File, kind: str, entity_id: int, by: By) -> bool:
    """Take `file` off a record; it stays in the store. False when it was not there."""
    gone, _ = Attachment.objects.filter(file=file, kind=kind, entity_id=entity_id).delete()
    if gone:
        tell_detached(file=file, places=[(kind, entity_id)], by=by, is_deleted=False)
    return bool(gone)


def tell_detached(*, file: File, places: list[tuple[str, int]], by: By, is_deleted: bool) -> None:
    """Let the slices of these records know."""
    for kind, entity_id in places:
        bus.publish(
            FileDetached(
                kind=kind,
                entity_id=entity_id,
                file_id=file.pk,
                name=file.name,
                is_deleted=is_deleted,
                by=by,
            )
        )


def member_by(member: Membership) -> By:
    """A member as who acts."""
    return By("member", member.pk, member.user.name)
