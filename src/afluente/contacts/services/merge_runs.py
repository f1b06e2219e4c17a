"""Removing duplicates in one session (SP-118, crm.md section 3): found, shown, merged, taken back.

Every step is a job that does a little and queues the rest in the same transaction, so that a run goes
on where the power went out, and nothing is merged twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Trim
from django.utils import translation

from afluente.accounts.models import Membership
from afluente.contacts import policies
from afluente.contacts.models import ContactMerge, MergeRun, Policy, Tag
from afluente.contacts.services.merge_telling import Group
from afluente.contacts.services.merge_undoing import unmerge_contacts
from afluente.contacts.services.merging import merge_contacts
from afluente.kernel import clock, jobs
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST = 10_000  # contacts of one session (crm.md section 3, rule 6)
BATCH = 100  # groups merged, or merges taken back, in one transaction
STEP = "contacts.merge_run"
# What must be equal, each found by its own key; an empty one equals nothing (rule 9).
CONDITIONS = {"name": "whole_name", "email": "emails__key", "phone": "phones__e164"}


class RunRefusedError(Exception):
    """A run that cannot be so: no condition, or not in a state for this."""


@transaction.atomic
def begin_run(*, member: Membership, conditions: Iterable[str], policy: str, tag_id: int | None) -> MergeRun:
    """Start looking for groups among the contacts that `member` may merge. Nothing is merged yet.

    Raises RunRefusedError without a condition.
    """
    chosen = [name for name in CONDITIONS if name in set(conditions)]
    if not chosen or policy not in Policy.values:
        raise RunRefusedError
    run = MergeRun.objects.create(
        conditions=chosen,
        policy=policy,
        tag=Tag.objects.filter(pk=tag_id).first() if tag_id else None,
        by=member,
        created_at=clock.now(),
    )
    _queue(run)
    return run


@transaction.atomic
def confirm_run(*, run_id: int) -> None:
    """Merge what was found. Raises RunRefusedError when the run is not waiting for this."""
    _change_state(run_id, MergeRun.State.FOUND, MergeRun.State.MERGING)


@transaction.atomic
def undo_run(*, run_id: int) -> None:
    """Take the whole run back. Raises RunRefusedError when it is not done."""
    _change_state(run_id, MergeRun.State.DONE, MergeRun.State.UNDOING)


@transaction.atomic
def step_run(*, run_id: int) -> None:
    """Do the next piece of a run, and queue the one after it."""
    run = MergeRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None:
        return
    step = {
        MergeRun.State.FINDING: _find,
        MergeRun.State.MERGING: _merge,
        MergeRun.State.UNDOING: _undo,
    }.get(MergeRun.State(run.state))
    if step is None:
        return
    with translation.override(_member(run).user.language):  # new fields are named in it
        is_more = step(run)
    if is_more:
        _queue(run)
    run.save()


def groups_among(*, contacts: Any, conditions: Sequence[str]) -> list[list[int]]:
    """Groups of contacts that agree in all conditions, the oldest number first.

    Two contacts agree when some e-mail of one is an e-mail of the other, and so on: who agrees with
    one of a group belongs to it.
    """
    columns = [CONDITIONS[name] for name in conditions]
    found = contacts.annotate(whole_name=Trim("sort_name"))
    for column in columns:
        found = found.filter(**{f"{column}__gt": ""})
    rows = (
        found.order_by()
        .values(*columns)
        .annotate(ids=ArrayAgg("pk", distinct=True), count=Count("pk", distinct=True))
        .filter(count__gt=1)
        .values_list("ids", flat=True)
    )
    return _joined(rows)


def _joined(groups: Iterable[list[int]]) -> list[list[int]]:
    """Groups that share a member are one."""
    head: dict[int, int] = {}

    def find(number: int) -> int:
        while head.setdefault(number, number) != number:
            head[number] = head[head[number]]
            number = head[number]
        return number

    for ids in groups:
        first = find(ids[0])
        for other in ids[1:]:
            a, b = sorted((first, find(other)))
            head[b] = first = a
    found: dict[int, list[int]] = {}
    for number in sorted(head):
        found.setdefault(find(number), []).append(number)
    return list(found.values())


def _find(run: MergeRun) -> bool:
    groups = groups_among(contacts=policies.mergeable_by(_member(run)), conditions=run.conditions)
    kept, count = [], 0
    for group in groups:
        if count + len(group) > MOST:
            run.is_cut = True
            break
        kept.append(group)
        count += len(group)
    run.groups, run.state = kept, MergeRun.State.FOUND
    return False


def _merge(run: MergeRun) -> bool:
    """The next groups, as they are now: who was changed, deleted or merged since is left out."""
    batch = run.groups[run.position : run.position + BATCH]
    wanted = [pk for group in batch for pk in group]
    present = policies.mergeable_by(_member(run)).filter(pk__in=wanted)
    still = groups_among(contacts=present, conditions=run.conditions)
    merged = merge_contacts(
        groups=[
            Group(contact_ids=group, reason=[(f"run_{name}", "") for name in run.conditions])
            for group in still
        ],
        policy=run.policy,
        by=_actor(run),
        run_id=run.pk,
        tag_id=run.tag_id,
        skips=True,
    )
    run.position += len(batch)
    gone = sum(len(one.loser_ids) for one in merged)
    run.merged += gone
    run.skipped += sum(len(group) - 1 for group in batch) - gone
    if run.position >= len(run.groups):
        run.state, run.ended_at = MergeRun.State.DONE, clock.now()
        return False
    return True


def _undo(run: MergeRun) -> bool:
    """The newest merges of the run that still hold; those inside others that came later stay."""
    active = ContactMerge.objects.filter(run=run, undone_at=None, survivor__merged_into=None)
    numbers = list(active.order_by("-pk").values_list("pk", flat=True)[:BATCH])
    if not numbers:
        run.state, run.ended_at = MergeRun.State.UNDONE, clock.now()
        return False
    done = unmerge_contacts(merge_ids=numbers, by=_actor(run), skips=True)
    run.merged -= len(done)
    return True


def _change_state(run_id: int, before: str, after: str) -> None:
    run = MergeRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state != before:
        raise RunRefusedError
    run.state = after
    run.save(update_fields=["state"])
    _queue(run)


def _queue(run: MergeRun) -> None:
    jobs.enqueue(STEP, {"run_id": run.pk}, workspace_id=current_workspace_id())


def _member(run: MergeRun) -> Membership:
    return Membership.objects.select_related("user", "custom_role").get(pk=run.by_id)


def _actor(run: MergeRun) -> Actor:
    return Actor("member", run.by_id, _member(run).user.name)
