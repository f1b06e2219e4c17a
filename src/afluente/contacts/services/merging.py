"""Contacts that are one person become one (crm.md section 3): many groups at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.contacts import selectors
from afluente.contacts.models import Contact, ContactMerge, Policy
from afluente.contacts.services import merge_deciding as deciding
from afluente.contacts.services.indexing import index_many
from afluente.contacts.services.merge_carriers import carriers
from afluente.contacts.services.merge_fields import NewFields
from afluente.contacts.services.merge_telling import Group, Plan, settle_suggestions, tag_survivors, tell
from afluente.contacts.services.values import replace_values
from afluente.contacts.statements import merge_dismissals, merge_rows, merging, search
from afluente.kernel import clock, jobs
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor

LATE = "contacts.carry_late"
PATIENCE = dt.timedelta(minutes=1)  # every request that had begun before a merge has ended by then


class ContactGoneError(Exception):
    """One of the contacts is not there any more."""

    def __init__(self, contact_id: int) -> None:
        super().__init__(contact_id)
        self.contact_id = contact_id


class AlreadyMergedError(ContactGoneError):
    """Somebody else was faster: the contact is part of another one, `into_id`, now."""

    def __init__(self, contact_id: int, into_id: int) -> None:
        super().__init__(contact_id)
        self.into_id = into_id


@dataclass(frozen=True)
class Merged:
    """What became of one group."""

    survivor_id: int
    loser_ids: tuple[int, ...]
    merge_ids: tuple[int, ...]


@transaction.atomic
def merge_contacts(
    *,
    groups: Sequence[Group],
    policy: str = Policy.OLDER,
    by: Actor,
    run_id: int | None = None,
    tag_id: int | None = None,
    skips: bool = False,
) -> list[Merged]:
    """Make each group one contact: as many statements for a thousand groups as for one.

    The survivor gets everything the others have (`register_carrier`); in fields that hold one value
    `policy` decides. The others are there no more, and lead to the survivor. `tag_id` is put on the
    survivors. Whoever asks has checked the right (`policies.mergeable_by`). The rows are held in the
    order of their numbers, so two who merge the same pair meet in turn.

    Raises AlreadyMergedError and ContactGoneError; with `skips` such contacts are left out instead,
    and groups of which only one is left are passed over.
    """
    groups = _present(groups, skips=skips)
    if not groups:
        return []
    plans, made_fields = _decide(groups, policy, by)
    for plan in plans:
        plan.merges = _log(plan, policy, by, run_id)
    plans[0].merges[0].made_fields = made_fields
    ContactMerge.objects.bulk_create([merge for plan in plans for merge in plan.merges])
    pairs = [(merge.pk, merge.loser_id, merge.survivor_id) for plan in plans for merge in plan.merges]
    _carry(plans, pairs, policy)
    _write(plans, pairs)
    if tag_id is not None:
        tag_survivors(plans, tag_id)
    tell(plans, policy, by)
    _finish(plans, pairs)
    return [_done(plan) for plan in plans]


def survivor_of(contact_id: int) -> int | None:
    """Who a merged contact is now; None for one that is nobody else."""
    return merging.final([contact_id]).get(contact_id)


def survivors_of(contact_ids: Sequence[int]) -> dict[int, int]:
    """Of contacts that became part of others: who they are now."""
    return merging.final(contact_ids) if contact_ids else {}


def carry_late(*, merge_ids: Sequence[int]) -> None:
    """Let survivors have what was written about the others while they were being merged.

    A transaction that had begun before could still add a comment or an event to a contact that had
    left by the time it ended. Rows that stayed behind on purpose stay.
    """
    active = ContactMerge.objects.filter(pk__in=list(merge_ids), undone_at=None).order_by("pk")
    pairs = [(one.pk, one.loser_id, one.survivor_id) for one in active]
    if pairs:
        merging.lock([number for _, loser, survivor in pairs for number in (loser, survivor)])
        for carrier in carriers():
            if carrier.yields or not carrier.same:
                merge_rows.carry(carrier, pairs)


def _present(groups: Sequence[Group], *, skips: bool) -> list[Group]:
    """Hold everybody; the groups of those who are there."""
    wanted = sorted({pk for group in groups for pk in group.contact_ids})
    held = merging.lock(wanted)
    gone = [pk for pk in wanted if pk not in held or not held[pk][0]]
    if gone and not skips:
        into = held.get(gone[0], (False, None))[1]
        raise AlreadyMergedError(gone[0], into) if into else ContactGoneError(gone[0])
    missing, found, seen = set(gone), [], set[int]()
    for group in groups:
        kept = [pk for pk in dict.fromkeys(group.contact_ids) if pk not in missing and pk not in seen]
        if len(kept) > 1:
            seen.update(kept)
            survivor = group.survivor_id if group.survivor_id in kept else None
            found.append(replace(group, contact_ids=kept, survivor_id=survivor))
    return found


def _decide(groups: Sequence[Group], policy: str, by: Actor) -> tuple[list[Plan], list[int]]:
    ids = [pk for group in groups for pk in group.contact_ids]
    held = selectors.held_values(selectors.CONTACT, ids)
    people = {
        contact.pk: deciding.person(
            contact, {number: selectors.plain(value) for number, value in held.get(contact.pk, {}).items()}
        )
        for contact in Contact.objects.filter(pk__in=ids)
    }
    fields = NewFields(by)
    plans = []
    for group in groups:
        persons = sorted((people[pk] for pk in group.contact_ids), key=lambda one: one.age)
        survivor = people[group.survivor_id] if group.survivor_id else persons[0]
        plan = Plan(group, survivor, [one for one in persons if one is not survivor])
        for loser in plan.losers:
            step = deciding.Join(survivor, loser, policy, group.choices, fields.several, fields.place)
            plan.joined.append(step.run())
        plans.append(plan)
    return plans, fields.made


def _log(plan: Plan, policy: str, by: Actor, run_id: int | None) -> list[ContactMerge]:
    now = clock.now()
    return [
        ContactMerge(
            survivor_id=plan.survivor.id,
            loser_id=loser.id,
            run_id=run_id,
            policy=policy,
            reason=[list(pair) for pair in plan.group.reason],
            changes=joined.changes,
            left=joined.left,
            by_kind=by.kind,
            by_id=by.id,
            by_name=by.name,
            created_at=now,
        )
        for loser, joined in zip(plan.losers, plan.joined, strict=True)
    ]


def _carry(plans: Sequence[Plan], pairs: Sequence[merge_rows.Pair], policy: str) -> None:
    """Move the rows; of those that can be the main one, the policy says whose it is."""
    everybody = [one.id for plan in plans for one in (plan.survivor, *plan.losers)]
    for carrier in carriers():
        before = merge_rows.mains(carrier, everybody) if carrier.flag else {}
        merge_rows.carry(carrier, pairs)
        if carrier.flag:
            _choose_mains(carrier.slug, plans, before, policy)


def _choose_mains(slug: str, plans: Sequence[Plan], before: Mapping[int, int], policy: str) -> None:
    carrier = next(one for one in carriers() if one.slug == slug)
    wanted: dict[int, tuple[int, Plan, int]] = {}  # row: the survivor, the plan, who it came from
    for plan in plans:
        order = sorted((plan.survivor, *plan.losers), key=lambda one: one.age)
        chosen = plan.group.choices.get(slug)
        having = [one for one in order if one.id in before]
        best = next((one for one in having if one.id == chosen), None)
        if best is None and having:
            best = having[-1] if policy == Policy.NEWER else having[0]
            if policy != Policy.NEWER and plan.survivor in having:
                best = plan.survivor
        if best is not None and best is not plan.survivor:
            wanted[before[best.id]] = (plan.survivor.id, plan, best.id)
    standing = merge_rows.standing_for(carrier, {row: who for row, (who, _, _) in wanted.items()})
    mains = {}
    for row, (who, plan, owner) in wanted.items():
        if row not in standing or standing[row] == before.get(who):
            continue
        mains[who] = standing[row]
        number = next(n for n, one in enumerate(plan.losers) if one.id == owner)
        plan.merges[number].changes[f"main:{slug}"] = [before.get(who), standing[row]]
    merge_rows.set_mains(carrier, mains)


def _write(plans: Sequence[Plan], pairs: Sequence[merge_rows.Pair]) -> None:
    """The survivors as they are now, and the others gone into them."""
    merging.write([deciding.row_of(plan.survivor) for plan in plans])
    write_values({plan.survivor.id: _changed_values(plan) for plan in plans})
    ContactMerge.objects.bulk_update([one for plan in plans for one in plan.merges], ["changes"])
    merging.leave(pairs)


def write_values(given: Mapping[int, Mapping[str, Any]]) -> None:
    """Let contacts have these plain values in fields of their own."""
    fields = {field.id: field for field in selectors.fields_of(selectors.CONTACT)}
    replace_values(
        selectors.CONTACT,
        {
            record: {
                int(key): selectors.from_plain(fields[int(key)], value)
                for key, value in values.items()
                if int(key) in fields
            }
            for record, values in given.items()
            if values
        },
    )


def _changed_values(plan: Plan) -> dict[str, Any]:
    keys = {key for joined in plan.joined for key in joined.changes if key.isdigit()}
    return {key: plan.survivor.values.get(key) for key in keys}


def _finish(plans: Sequence[Plan], pairs: Sequence[merge_rows.Pair]) -> None:
    """Let nobody be asked about them, nor find those who left; look once more a little later."""
    settle_suggestions(pairs)
    merge_dismissals.carry(pairs)
    search.forget_contacts([loser for _, loser, _ in pairs])
    jobs.enqueue(
        LATE,
        {"merge_ids": [merge_id for merge_id, _, _ in pairs]},
        due_at=clock.now() + PATIENCE,
        workspace_id=current_workspace_id(),
    )
    index_many([plan.survivor.id for plan in plans])


def _done(plan: Plan) -> Merged:
    return Merged(
        plan.survivor.id, tuple(one.id for one in plan.losers), tuple(one.pk for one in plan.merges)
    )
