"""Changing many records as one act: in batches that survive a dead worker, with one way back for all.

A few are changed at once; more by a job per batch. Each batch changes its records, writes down what
they had, and moves the place where the next one begins, in one transaction: whoever dies in between
has done nothing of it, and nothing is done twice (ADR 0100).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.accounts.models import Membership
from afluente.contacts.models import BulkChange, BulkEntry
from afluente.contacts.selectors import Selection
from afluente.contacts.services import bulk_companies
from afluente.contacts.services.bulk_kinds import KEEP, Change, Changes, kind_of
from afluente.contacts.services.bulk_shapes import Subject
from afluente.contacts.statements import bulk as statements
from afluente.kernel import clock, jobs
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.contacts.selectors.selection import Picked

AT_ONCE = 200  # so many are changed in the request that asks
BATCH = 500
JOB, UNDO_JOB = "contacts.bulk", "contacts.bulk_undo"
CONTACT = BulkChange.Entity.CONTACT
_SUBJECTS = {
    CONTACT.value: Subject(
        entity=CONTACT,
        selection=Selection,
        kind_of=kind_of,
        entries=BulkEntry,
        column="contact_id",
        hold=statements.lock,
        job=JOB,
        undo_job=UNDO_JOB,
    ),
    bulk_companies.COMPANY.value: bulk_companies.subject(JOB, UNDO_JOB),
}


def register_subject(subject: Subject) -> None:
    """Let many records of another kind be changed as contacts are."""
    _SUBJECTS[subject.entity] = subject


@transaction.atomic
def bulk_change(
    *,
    selection: Picked,
    change: Change,
    member: Membership,
    by: Actor,
    at_once: int | None = None,
    entity: str = CONTACT,
) -> BulkChange:
    """Ask for `change` of everybody selected whom `member` may change. Up to `at_once` (AT_ONCE when None) are
    changed when this returns; more by a job, and the answer says how far it has come.

    Raises LookupError for a change that cannot be asked, such as of a field that is gone.
    """
    subject = _SUBJECTS[entity]
    subject.kind_of(change)
    bounded = selection.bounded()
    total, is_more = bounded.count(member=member)
    bulk = BulkChange.objects.create(
        entity=entity,
        member=member,
        by_kind=by.kind,
        by_id=by.id,
        by_name=by.name,
        change=change.plain,
        selection=bounded.plain,
        total=total,
        is_more=is_more,
        created_at=clock.now(),
    )
    if total <= (AT_ONCE if at_once is None else at_once) and not is_more:
        return _to_the_end(bulk.pk, run_batch)
    jobs.enqueue(subject.job, {"bulk_id": bulk.pk}, workspace_id=current_workspace_id())
    return bulk


def bulk_delete(
    *, selection: Selection, member: Membership, by: Actor, at_once: int | None = None
) -> BulkChange:
    """Put everybody selected away whom `member` may delete; as `bulk_change`."""
    return bulk_change(selection=selection, change=Change("delete"), member=member, by=by, at_once=at_once)


@transaction.atomic
def run_batch(*, bulk_id: int) -> bool:
    """Change the next contacts; whether there may be more. A change of a person who is no longer here,
    or of a field that is gone meanwhile, stops where it is.
    """
    bulk = _locked(bulk_id)
    if bulk is None or bulk.state != BulkChange.State.RUNNING:
        return False
    subject = _SUBJECTS[bulk.entity]
    member = Membership.objects.select_related("user", "workspace", "team").get(pk=bulk.member_id)
    try:
        kind = subject.kind_of(Change(**bulk.change))
    except LookupError:
        return _finish(bulk, BulkChange.State.STOPPED)
    if not member.is_active:
        return _finish(bulk, BulkChange.State.STOPPED)
    ids = subject.selection.from_plain(bulk.selection).batch(
        member=member, limit=BATCH, before_id=bulk.last_id
    )
    if not ids:
        return _finish(bulk, BulkChange.State.DONE)
    held = subject.hold(list(kind.allowed(member).filter(pk__in=ids).values_list("pk", flat=True)))
    present = kind.present(held)
    changes = {one: (now, after) for one, now in present.items() if (after := kind.after(now)) != now}
    _write(kind.write, changes, _actor(bulk))
    subject.entries.objects.bulk_create(
        [
            subject.entries(bulk=bulk, before=old, after=new, **{subject.column: one})
            for one, (old, new) in changes.items()
        ]
    )
    bulk.last_id = ids[-1]
    bulk.changed += len(changes)
    bulk.same += len(present) - len(changes)
    bulk.refused += len(ids) - len(present)
    bulk.save(update_fields=["last_id", "changed", "same", "refused"])
    return len(ids) == BATCH or _finish(bulk, BulkChange.State.DONE)


@transaction.atomic
def undo_bulk(*, bulk_id: int, by: Actor, at_once: int | None = None) -> BulkChange | None:
    """Give back what everybody had; None when there is nothing to undo (any more). One that still runs
    stops first. What somebody changed since stays, and is counted as kept.
    """
    bulk = _locked(bulk_id)
    if bulk is None or bulk.state in {BulkChange.State.UNDOING, BulkChange.State.UNDONE}:
        return None
    bulk.state = BulkChange.State.UNDOING
    bulk.by_kind, bulk.by_id, bulk.by_name = by.kind, by.id, by.name
    bulk.save(update_fields=["state", "by_kind", "by_id", "by_name"])
    if bulk.changed <= (AT_ONCE if at_once is None else at_once):
        return _to_the_end(bulk.pk, undo_batch)
    jobs.enqueue(_SUBJECTS[bulk.entity].undo_job, {"bulk_id": bulk.pk}, workspace_id=current_workspace_id())
    return bulk


@transaction.atomic
def undo_batch(*, bulk_id: int) -> bool:
    """Give the next contacts back what they had; whether there may be more."""
    bulk = _locked(bulk_id)
    if bulk is None or bulk.state != BulkChange.State.UNDOING:
        return False
    subject = _SUBJECTS[bulk.entity]
    try:
        kind = subject.kind_of(Change(**bulk.change))
    except LookupError:
        return _finish(bulk, BulkChange.State.STOPPED)
    kept = subject.entries.objects.filter(bulk=bulk, is_undone=False).order_by(subject.column)
    entries = list(kept.values_list("pk", subject.column, "before", "after")[:BATCH])
    if not entries:
        return _finish(bulk, BulkChange.State.UNDONE)
    present = kind.present(subject.hold([number for _, number, _, _ in entries]))
    changes: Changes = {}
    for _, number, had, got in entries:
        now = present.get(number, KEEP)
        before = KEEP if now is KEEP else kind.back(now, had, got)
        if before is not KEEP:
            changes[number] = (now, before)
    _write(kind.write, changes, _actor(bulk))
    subject.entries.objects.filter(pk__in=[pk for pk, *_ in entries]).update(is_undone=True)
    bulk.restored += len(changes)
    bulk.kept += len(entries) - len(changes)
    bulk.save(update_fields=["restored", "kept"])
    return len(entries) == BATCH or _finish(bulk, BulkChange.State.UNDONE)


def _write(write: Callable[[Changes, Actor], None], changes: Changes, by: Actor) -> None:
    if changes:
        write(changes, by)


def _to_the_end(bulk_id: int, step: Callable[..., bool]) -> BulkChange:
    while step(bulk_id=bulk_id):
        pass
    return BulkChange.objects.get(pk=bulk_id)


def _locked(bulk_id: int) -> BulkChange | None:
    return BulkChange.objects.select_for_update(of=("self",)).filter(pk=bulk_id).first()


def _actor(bulk: BulkChange) -> Actor:
    return Actor(bulk.by_kind, bulk.by_id, bulk.by_name)  # type: ignore[arg-type]  # as it was given


def _finish(bulk: BulkChange, state: str) -> bool:
    bulk.state = state
    bulk.finished_at = clock.now()
    bulk.save(update_fields=["state", "finished_at"])
    return False
