"""Taking merges back (ADR 0110): both contacts as they were, and what happened since stays and is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.contacts import selectors
from afluente.contacts.models import Contact, ContactMerge, ContactValue, Field, PossibleDuplicate
from afluente.contacts.services import merge_deciding as deciding
from afluente.contacts.services.indexing import index_many
from afluente.contacts.services.merge_carriers import carriers
from afluente.contacts.services.merging import write_values
from afluente.contacts.statements import merge_dismissals, merge_rows, merging
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.timeline.events import Actor


class NotMergedError(Exception):
    """The merge has been taken back already."""


class NestedMergeError(Exception):
    """The survivor has become part of another contact, `into_id`, since: that comes first."""

    def __init__(self, into_id: int) -> None:
        super().__init__(into_id)
        self.into_id = into_id


@dataclass(frozen=True)
class Unmerged:
    """A merge that was taken back; `kept` are fields that were changed since and stay as they are."""

    survivor_id: int
    loser_id: int
    kept: tuple[str, ...] = ()


@dataclass
class _Survivor:
    """A survivor as it is now, with the merges that stay; what is restored is written into `one`."""

    one: deciding.Person
    staying: list[ContactMerge]
    others: dict[int, deciding.Person]  # those who stay merged, by merge
    kept: dict[int, list[str]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)


@transaction.atomic
def unmerge_contacts(*, merge_ids: Sequence[int], by: Actor, skips: bool = False) -> list[Unmerged]:
    """Take these merges back, in any order, whatever happened since.

    What belonged to the others goes back as it is now; what came since stays with the survivor. A field
    of the survivor gets its former value unless somebody has changed it since. Others that are still
    merged into the same contact stay so, and give what only stood behind. Whoever asks has checked the
    right over both.

    Raises NotMergedError and NestedMergeError; with `skips` such merges are passed over.
    """
    merges = _held(merge_ids, skips=skips)
    if not merges:
        return []
    pairs = [(one.pk, one.loser_id, one.survivor_id) for one in merges]
    left = [one.pk for one in merges]
    ContactMerge.objects.filter(pk__in=left).update(undone_at=clock.now(), undone_by=by.name)
    survivors = _read(merges)
    staying = [one for survivor in survivors.values() for one in survivor.staying]
    _move_rows(merges, pairs, staying)
    _restore(merges, survivors)
    merging.return_([one.loser_id for one in merges])
    merging.mark_undone([one.event_id for one in merges if one.event_id])
    _remember(merges, by)
    done = [
        Unmerged(one.survivor_id, one.loser_id, tuple(survivors[one.survivor_id].kept.get(one.pk, ())))
        for one in merges
    ]
    _tell(merges, done, by)
    _remove_fields(number for one in merges for number in one.made_fields)
    index_many(sorted({number for one in done for number in (one.survivor_id, one.loser_id)}))
    return done


def _held(merge_ids: Sequence[int], *, skips: bool) -> list[ContactMerge]:
    """The merges, newest first, with both contacts of each held and all of them possible."""
    asked = ContactMerge.objects.filter(pk__in=list(merge_ids))
    numbers = sorted({pk for pair in asked.values_list("survivor_id", "loser_id") for pk in pair})
    people = merging.lock(numbers)
    found = list(asked.filter(undone_at=None).order_by("-pk"))  # again: somebody may have been faster
    leaving = {one.loser_id for one in found}
    kept = []
    for one in found:
        into = people[one.survivor_id][1]
        if into is None or one.survivor_id in leaving:
            kept.append(one)
        elif not skips:
            raise NestedMergeError(into)
    if len(kept) != len(set(merge_ids)) and not skips:
        raise NotMergedError
    return kept


def _read(merges: Sequence[ContactMerge]) -> dict[int, _Survivor]:
    numbers = {one.survivor_id for one in merges}
    staying = list(
        ContactMerge.objects.select_for_update()
        .filter(survivor_id__in=numbers, undone_at=None)
        .order_by("pk")
    )
    people = _people(numbers | {one.loser_id for one in staying})
    return {
        number: _Survivor(
            people[number],
            [one for one in staying if one.survivor_id == number],
            {one.pk: people[one.loser_id] for one in staying if one.survivor_id == number},
        )
        for number in numbers
    }


def _people(numbers: Iterable[int]) -> dict[int, deciding.Person]:
    wanted = list(numbers)
    held = selectors.held_values(selectors.CONTACT, wanted)
    return {
        contact.pk: deciding.person(
            contact, {number: selectors.plain(value) for number, value in held.get(contact.pk, {}).items()}
        )
        for contact in Contact.objects.filter(pk__in=wanted)
    }


def _move_rows(
    merges: Sequence[ContactMerge], pairs: Sequence[merge_rows.Pair], staying: Sequence[ContactMerge]
) -> None:
    still = [(one.pk, one.loser_id, one.survivor_id) for one in staying]
    everybody = sorted({number for _, loser, survivor in pairs for number in (loser, survivor)})
    for carrier in carriers():
        merge_rows.give_back(carrier, pairs)
        merge_rows.carry_again(carrier, [pair[0] for pair in pairs], still)
        if carrier.flag:
            _restore_mains(carrier.slug, merges)
            merge_rows.make_heirs(carrier, everybody)
    merge_dismissals.give_back([pair[0] for pair in pairs], still)


def _restore_mains(slug: str, merges: Sequence[ContactMerge]) -> None:
    """The main address of a survivor is the one it had, unless somebody has chosen another since."""
    carrier = next(one for one in carriers() if one.slug == slug)
    key = f"main:{slug}"
    wanted: dict[int, int] = {}
    present = merge_rows.mains(carrier, sorted({one.survivor_id for one in merges}))
    for one in merges:  # newest first: the oldest has the last word
        before, after = one.changes.get(key, (None, None))
        now = wanted.get(one.survivor_id, present.get(one.survivor_id))
        if before is not None and now in {after, None}:
            wanted[one.survivor_id] = before
    standing = merge_rows.standing_for(carrier, {row: who for who, row in wanted.items()})
    merge_rows.set_mains(carrier, {who: row for who, row in wanted.items() if standing.get(row) == row})


def _restore(merges: Sequence[ContactMerge], survivors: dict[int, _Survivor]) -> None:
    """Fields of the survivors, newest merge first, as a pile is taken down."""
    several = {
        str(one.id) for one in selectors.fields_of(selectors.CONTACT) if one.kind == Field.Kind.MULTISELECT
    }
    for merge in merges:
        survivor = survivors[merge.survivor_id]
        for key, (before, after) in merge.changes.items():
            if key.startswith("main:"):
                continue
            if key in several:
                _restore_choices(survivor, key, before, after)
            else:
                _restore_value(survivor, merge, key, before, after)
    merging.write([deciding.row_of(survivor.one) for survivor in survivors.values()])
    write_values(
        {
            number: {key: one.one.values.get(key) for key in one.touched if key.isdigit()}
            for number, one in survivors.items()
        }
    )
    stayed = [merge for survivor in survivors.values() for merge in survivor.staying]
    ContactMerge.objects.bulk_update(stayed, ["changes", "left"])


def _restore_value(survivor: _Survivor, merge: ContactMerge, key: str, before: Any, after: Any) -> None:
    values = survivor.one.values
    if values.get(key) != after:
        later = next(
            (
                one
                for one in survivor.staying
                if one.pk > merge.pk and key in one.changes and one.changes[key][0] == after
            ),
            None,
        )
        if later is not None:  # it put its own value over ours: under it lies now what lay under ours
            later.changes[key][0] = before
        else:
            survivor.kept.setdefault(merge.pk, []).append(key)
        return
    values[key] = before
    survivor.touched.add(key)
    if not deciding.is_empty(key, before):
        return
    for one in survivor.staying:
        theirs = survivor.others[one.pk].values.get(key)
        if not deciding.is_empty(key, theirs):
            values[key] = theirs
            one.changes[key] = [before, theirs]
            one.left.pop(key, None)
            return


def _restore_choices(survivor: _Survivor, key: str, before: Any, after: Any) -> None:
    """Take off the choices that came with the merge, but those that others who stay have, too."""
    present = set(survivor.one.values.get(key) or ())
    added = set(after or ()) - set(before or ())
    for one in survivor.staying:
        theirs = set(survivor.others[one.pk].values.get(key) or ()) & added
        if theirs:
            was, became = (set(part or ()) for part in one.changes.get(key, ((), ())))
            brought = (became - was) | theirs
            one.changes[key] = [sorted((became | theirs) - brought), sorted(became | theirs)]
            added -= theirs
    rest = sorted(present - added)
    survivor.one.values[key] = rest or None
    survivor.touched.add(key)


def _remember(merges: Sequence[ContactMerge], by: Actor) -> None:
    """Whoever takes a merge back says that these are two people: they are not suggested again."""
    now = clock.now()
    PossibleDuplicate.objects.bulk_create(
        [
            PossibleDuplicate(
                contact_id=max(one.loser_id, one.survivor_id),
                other_id=min(one.loser_id, one.survivor_id),
                reason="unmerged",
                is_noted=False,
                created_at=now,
                resolved_at=now,
                decision=PossibleDuplicate.Decision.UNMERGED,
                decided_by=by.name,
            )
            for one in merges
        ],
        update_conflicts=True,
        unique_fields=["workspace", "contact", "other"],
        update_fields=["resolved_at", "decision", "decided_by"],
    )


def _tell(merges: Sequence[ContactMerge], done: Sequence[Unmerged], by: Actor) -> None:
    """One line on each of the two pages."""
    names = {
        contact.pk: contact.name or f"#{contact.pk}"
        for contact in Contact.objects.filter(
            pk__in=[pk for one in done for pk in (one.survivor_id, one.loser_id)]
        )
    }
    events = []
    for merge, one in zip(merges, done, strict=True):
        for here, there in ((one.survivor_id, one.loser_id), (one.loser_id, one.survivor_id)):
            data = {"merge": merge.pk, "other": there, "name": names.get(there, ""), "kept": list(one.kept)}
            events.append(NewEvent("contact.unmerged", by, contact_id=here, data=data))
    timeline.record(events)


def _remove_fields(numbers: Iterable[int]) -> None:
    """Fields that a merge made for second values go again when nobody has anything in them."""
    for number in numbers:
        field = selectors.find_field(selectors.fields_of(selectors.CONTACT), number)
        if field is None or ContactValue.objects.filter(field_id=number).exists():
            continue
        if not selectors.uses_of(field):
            Field.objects.filter(pk=number).delete()
            selectors.forget_fields()
