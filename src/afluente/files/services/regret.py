"""How long what was deleted can be brought back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from afluente.kernel import clock, jobs
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

PURGE = "files.purge"
REGRET = timedelta(days=1)


def purge_later(ids: Sequence[int]) -> None:
    """Have the bytes of deleted files removed when nobody can regret it any more."""
    jobs.enqueue_many(
        PURGE,
        [{"file_id": pk} for pk in ids],
        keys=[str(pk) for pk in ids],
        due_at=clock.now() + REGRET,
        workspace_id=current_workspace_id(),
    )
