"""What a file would change of known deals, looked at before it does: done for real and taken back, so that it is true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.contacts import services as contacts
from afluente.contacts.services import Arrival
from afluente.deals import services as deals
from afluente.deals.models import Deal
from afluente.kernel.sayings import kept
from afluente.transfer.models import ImportRow
from afluente.transfer.services.checking import read_shown
from afluente.transfer.services.deal_people import People
from afluente.transfer.services.deal_rows import DealRow
from afluente.transfer.services.deal_updates import Updates
from afluente.transfer.services.kinds import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor
    from afluente.transfer.models import Import
    from afluente.transfer.services.deciding import Decision
    from afluente.transfer.services.people import Reader


def unchanged(given: Import, member: Membership, found: Sequence[Decision]) -> set[int]:
    """Rows whose deals say all this already: the run passes them over."""
    known, rows = _updated(found)
    if not rows:
        return set()
    by = actor_of(member)
    with transaction.atomic():
        companies, people = _companies(rows, by), People(given, member, rows, is_held=False)
        updates = Updates(given, member, known, rows)
        linked = set(updates.links(people))
        tagged = _newly_tagged(rows, people, by)
        same = {
            row.number
            for row in rows
            if row.number not in linked | tagged | set(updates.refused)
            and not (row.has_person and row.number not in people.found)
            and not updates.wanted(row.number, companies)
        }
        transaction.set_rollback(True)
    return same


def refused(given: Import, member: Membership, found: Sequence[Decision]) -> dict[int, str]:
    """Rows whose deals cannot be made to say so: a stage that their pipeline does not have, a currency under
    products. Why, by row.
    """
    known, rows = _updated(found)
    rows = [row for row in rows if row.said.keys() & {"currency", "stage", "pipeline", "status"}]
    if not rows:
        return {}
    with transaction.atomic():
        updates = Updates(given, member, known, rows)
        updates.try_currencies(actor_of(member))
        transaction.set_rollback(True)
    return updates.refused


def _updated(found: Sequence[Decision]) -> tuple[dict[int, int], list[DealRow]]:
    """The rows that mean a known deal, and which, by row."""
    updated = [one for one in found if one.outcome == ImportRow.Outcome.UPDATED]
    known = {one.person.number: one.record_id or 0 for one in updated}
    return known, [one.person for one in updated if isinstance(one.person, DealRow)]


def add_changes(given: Import, member: Membership, shown: Sequence[dict[str, Any]], reader: Reader) -> None:
    """Put before and after into the sample of rows whose deals are here, and what these are called."""
    first = {one["record"]: one for one in reversed(shown) if one["record"]}
    read = read_shown(given, list(first.values()), reader) if first else {}
    rows = [row for row in read.values() if isinstance(row, DealRow)]
    by = actor_of(member)
    with transaction.atomic():
        companies, people = _companies(rows, by), People(given, member, rows, is_held=False)
        updates = Updates(given, member, {one["row"]: pk for pk, one in first.items()}, rows)
        done = updates.apply(people, companies, by)
        for one in first.values():
            record = done.get(one["row"], {}).get("was", {})
            one["changes"] = _in_words(record)
            if one["row"] in updates.refused:
                one["reason"] = kept(updates.refused[one["row"]])
        transaction.set_rollback(True)
    names = dict(Deal.objects.filter(pk__in=list(first)).values_list("pk", "name"))
    for one in shown:
        one["name"] = names.get(one["record"], one["name"])


def _in_words(record: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, (before, after) in record.items():
        if key == "stage" and before[0] == after[0]:  # only the reason differs, which stands by itself
            continue
        label, old = deals.words_of_key(key, before)
        found[label] = [old, deals.words_of_key(key, after)[1]]
    return found


def _companies(rows: Sequence[DealRow], by: Actor) -> dict[str, int]:
    return contacts.ensure_companies(names=[name for row in rows for name in row.companies[:1]], by=by)


def _newly_tagged(rows: Sequence[DealRow], people: People, by: Actor) -> set[int]:
    """Rows that give a known person a tag they do not have."""
    tagged = {row.number: people.found[row.number] for row in rows if row.tags and row.number in people.found}
    if not tagged:
        return set()
    tags = contacts.ensure_tags(names=list({tag for row in rows for tag in row.tags}), by=by)
    numbers = {tag.name.casefold(): tag.pk for tag in tags}
    arrivals = [
        Arrival(contact_id=tagged[row.number], tag_ids=[numbers[tag.casefold()] for tag in row.tags])
        for row in rows
        if row.number in tagged
    ]
    same = contacts.unchanged(arrivals=arrivals, fill_only=False)
    return {number for number, contact_id in tagged.items() if contact_id not in same}
