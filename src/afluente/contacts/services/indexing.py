"""The search index as a whole; services that change a contact keep their own row of it (ADR 0050)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from afluente.contacts.models import Contact
from afluente.contacts.statements import search
from afluente.kernel import jobs
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INDEX_JOB = "contacts.index"
AT_ONCE = 1_000


def reindex_contacts(*, after: int, limit: int) -> int:
    """Index up to `limit` contacts with numbers above `after` as they are now; the last number, 0 at the end."""
    ids = Contact.objects.present().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit]
    found = list(ids)
    search.index_contacts(found)
    return found[-1] if found else 0


@contextmanager
def indexing_by_job() -> Iterator[None]:
    """Have whatever the block changes indexed by a job, beside what comes next: for a part of many."""
    with search.gathering() as waiting:
        yield
    if waiting:
        _by_jobs(sorted(waiting))


def index_many(contact_ids: Sequence[int]) -> None:
    """Index these contacts: up to a thousand in this transaction, the others by jobs of a thousand."""
    search.index_contacts(contact_ids[:AT_ONCE])
    _by_jobs(contact_ids[AT_ONCE:])


def _by_jobs(contact_ids: Sequence[int]) -> None:
    slices = [contact_ids[start : start + AT_ONCE] for start in range(0, len(contact_ids), AT_ONCE)]
    if slices:
        jobs.enqueue_many(
            INDEX_JOB, [{"contact_ids": list(one)} for one in slices], workspace_id=current_workspace_id()
        )
