"""Many contacts, each changed in its own way, with one event each; and such changes taken back.

What a file or another program brings is written here: values, tags and companies of contacts made a
moment ago (`complete_contacts`), and changes of those who were known (`change_contacts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.contacts import selectors
from afluente.contacts.models import Company, CompanyContact, ContactTag, Tag
from afluente.contacts.services.identity import Enrichment, enrich_contacts
from afluente.contacts.services.present import Present, shown
from afluente.contacts.services.tagging import change_tags
from afluente.contacts.services.values import fill_values
from afluente.contacts.statements import identity, importing, search
from afluente.kernel import clock, text
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, NewEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.contacts.services.present import Arrival
    from afluente.timeline.events import Actor


@transaction.atomic
def ensure_companies(*, names: Iterable[str], by: Actor) -> dict[str, int]:
    """The numbers of the companies of these names, by folded name; those that are missing are made."""
    wanted = {text.norm(name): name for name in names}
    found = importing.companies_called(list(wanted))
    missing = [name for key, name in wanted.items() if key not in found]
    moment = clock.now()
    made = Company.objects.bulk_create(
        [Company(name=name, created_at=moment, updated_at=moment) for name in missing]
    )
    timeline.record(
        [
            NewEvent(
                "company.created", by, company_id=one.pk, data={"company": one.pk, "company_name": one.name}
            )
            for one in made
        ]
    )
    return {**found, **{text.norm(one.name): one.pk for one in made}}


@transaction.atomic
def complete_contacts(*, arrivals: Sequence[Arrival]) -> None:
    """Values, tags and companies of contacts that were made in this transaction: that is event enough."""
    with search.indexing_once():
        fill_values(
            given={one.contact_id: one.values for one in arrivals if one.values}, by=SYSTEM, is_told=False
        )
        pairs = [(one.contact_id, tag_id) for one in arrivals for tag_id in one.tag_ids]
        if pairs:
            change_tags(attach=pairs, by=SYSTEM, is_told=False)
        _link(arrivals)


def _link(arrivals: Iterable[Arrival]) -> list[tuple[int, int]]:
    rows = [(number, one.contact_id, one.position) for one in arrivals for number in one.company_ids]
    linked = importing.link_companies(rows)
    search.index_contacts(sorted({contact_id for contact_id, _ in linked}))
    return linked


@transaction.atomic
def change_contacts(*, arrivals: Sequence[Arrival], fill_only: bool, by: Actor) -> dict[int, dict[str, Any]]:
    """Write what is said of known contacts, each at most once; one event for each that changed.

    With `fill_only` only what is empty is filled. The caller holds the contacts. Returns, by contact,
    what `take_back_changes` needs to take the change back.
    """
    found = Present([one.contact_id for one in arrivals])
    narrowed = [found.narrowed(one, fill_only=fill_only) for one in arrivals]
    records: dict[int, dict[str, Any]] = {}
    with search.indexing_once():
        _write_details(narrowed, found, records)
        _write_addresses(narrowed, found, records)
        _write_values(narrowed, found, records)
        _write_tags(narrowed, records)
        for contact_id, company_id in _link(narrowed):
            records.setdefault(contact_id, {}).setdefault("companies", []).append(company_id)
    told = {one.contact_id: one.told for one in arrivals}
    tags = dict(Tag.objects.filter(pk__in=_numbers(records, "tags")).values_list("pk", "name"))
    companies = dict(Company.objects.filter(pk__in=_numbers(records, "companies")).values_list("pk", "name"))
    timeline.record(
        [
            NewEvent(
                "contact.changed",
                by,
                contact_id=number,
                data={**shown(record, found, number, tags, companies), **told[number]},
            )
            for number, record in sorted(records.items())
        ]
    )
    return records


def unchanged(*, arrivals: Sequence[Arrival], fill_only: bool) -> set[int]:
    """Which contacts say all this already: of whom `change_contacts` would change nothing. Each at most once."""
    numbers = [one.contact_id for one in arrivals]
    found = Present(numbers)
    tags = set(ContactTag.objects.filter(contact_id__in=numbers).values_list("contact_id", "tag_id"))
    links = set(CompanyContact.objects.filter(contact_id__in=numbers).values_list("contact_id", "company_id"))
    narrowed = [found.narrowed(one, fill_only=fill_only) for one in arrivals]
    return {one.contact_id for one in narrowed if not _says_more(one, found, tags, links)}


def _says_more(one: Arrival, found: Present, tags: set[tuple[int, int]], links: set[tuple[int, int]]) -> bool:
    contact, held = found.contacts[one.contact_id], found.values.get(one.contact_id, {})
    return bool(
        one.parts
        or one.emails
        or one.phones
        or one.messengers
        or one.utm
        or (one.assignee_id and one.assignee_id != contact.assignee_id)
        or (one.created_at and one.created_at != contact.created_at)
        or any((contact.pk, number) not in tags for number in one.tag_ids)
        or any((contact.pk, number) not in links for number in one.company_ids)
        or any(
            selectors.plain(held.get(key)) != selectors.plain(value)
            for key, value in one.values.items()
            if key in found.fields
        )
    )


def _write_details(arrivals: Sequence[Arrival], found: Present, records: dict[int, dict[str, Any]]) -> None:
    wanted: dict[int, dict[str, Any]] = {}
    for one in arrivals:
        contact = found.contacts[one.contact_id]
        new: dict[str, Any] = dict(one.parts)
        before: dict[str, Any] = {name: getattr(contact, name) for name in one.parts}
        if one.assignee_id and one.assignee_id != contact.assignee_id:
            new["assignee_id"], before["assignee_id"] = one.assignee_id, contact.assignee_id
        if one.created_at and one.created_at != contact.created_at:
            new["created_at"] = one.created_at.isoformat()
            before["created_at"] = contact.created_at.isoformat()
        if new:
            wanted[one.contact_id] = new
            pairs = {name: [before[name], value] for name, value in new.items()}
            records.setdefault(one.contact_id, {})["details"] = pairs
    importing.change_details(wanted)
    search.index_contacts(list(wanted))


def _write_addresses(arrivals: Sequence[Arrival], found: Present, records: dict[int, dict[str, Any]]) -> None:
    changed = [one for one in arrivals if one.emails or one.phones or one.messengers or one.utm]
    enrich_contacts(
        [
            Enrichment(one.contact_id, "", "", one.emails, one.phones, one.messengers, dict(one.utm))
            for one in changed
        ]
    )
    for one in changed:
        record = records.setdefault(one.contact_id, {})
        for name, words in (
            ("emails", [value.email for value in one.emails]),
            ("phones", [value.raw for value in one.phones]),
            ("messengers", [value.value for value in one.messengers]),
        ):
            if words:
                record[name] = words
        if one.utm:
            contact = found.contacts[one.contact_id]
            record["utm"] = [contact.utm_first, contact.utm_last, dict(one.utm)]


def _write_values(arrivals: Sequence[Arrival], found: Present, records: dict[int, dict[str, Any]]) -> None:
    given = {one.contact_id: one.values for one in arrivals if one.values}
    fill_values(given=given, by=SYSTEM, is_told=False)
    for number, values in given.items():
        held = found.values.get(number, {})
        for key, value in values.items():
            before, after = selectors.plain(held.get(key)), selectors.plain(value)
            if before != after and key in found.fields:
                records.setdefault(number, {}).setdefault("values", {})[str(key)] = [before, after]


def _write_tags(arrivals: Sequence[Arrival], records: dict[int, dict[str, Any]]) -> None:
    pairs = [(one.contact_id, tag_id) for one in arrivals for tag_id in one.tag_ids]
    if pairs:
        for contact_id, tag_id in change_tags(attach=pairs, by=SYSTEM, is_told=False).attached:
            records.setdefault(contact_id, {}).setdefault("tags", []).append(tag_id)


def _numbers(records: Mapping[int, Mapping[str, Any]], name: str) -> set[int]:
    return {number for record in records.values() for number in record.get(name, ())}


def hold_contacts(contact_ids: Sequence[int]) -> list[int]:
    """Keep these contacts from being changed until the transaction ends; those still present."""
    return identity.lock_contacts(sorted(set(contact_ids)))
