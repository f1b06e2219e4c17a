"""How far an import has come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from afluente.files.models import File, Upload
from afluente.kernel import clock
from afluente.transfer.models import Import, ImportRow

if TYPE_CHECKING:
    from collections.abc import Sequence

STALLED = timedelta(minutes=2)  # longer than any part takes, and than a dead worker's lease lasts
SHOWN = 20


def share(given: Import) -> int:
    """Percent of the rows that are done."""
    if given.state == Import.State.CHECKING or not given.total:
        return 0
    done = given.undone_count + given.kept_count if given.state == Import.State.UNDOING else given.done_count
    of = given.created_count + given.updated_count if given.state == Import.State.UNDOING else given.total
    return min(100, 100 * done // of) if of else 100


def is_stalled(given: Import) -> bool:
    """Whether a running import has not moved for so long that nobody is at it."""
    return (
        given.state in Import.BUSY and given.moved_at is not None and clock.now() - given.moved_at > STALLED
    )


def problem_rows(given: Import) -> Sequence[ImportRow]:
    """The first rows that failed, and those that were kept when it was taken back."""
    if given.state not in (*Import.ENDED, Import.State.RUNNING, Import.State.PAUSED, Import.State.FAILED):
        return []
    return list(
        ImportRow.objects.filter(
            Q(outcome=ImportRow.Outcome.FAILED)
            | Q(undone__in=[ImportRow.Undone.KEPT, ImportRow.Undone.PARTLY]),
            batch_id=given.pk,
        ).order_by("number")[:SHOWN]
    )


def refused_upload(given: Import) -> str:
    """Why the file that an import waits for was not taken; "" when it was, or is on its way."""
    if given.state != Import.State.READING or given.file_id is not None:
        return ""
    found = Upload.objects.filter(kind="import", entity_id=given.pk, file__state=File.State.REFUSED)
    return found.values_list("file__reason", flat=True).first() or ""
