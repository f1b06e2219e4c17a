"""Taking back what `change_contacts` wrote, and contacts that should never have been made.

Nothing that somebody changed since is touched: it is kept, and said by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from afluente.contacts import selectors
from afluente.contacts.models import Contact, ContactEmail, ContactMessenger, ContactPhone
from afluente.contacts.services.tagging import change_tags
from afluente.contacts.services.values import fill_values
from afluente.contacts.statements import importing, search
from afluente.kernel import clock, sayings
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, NewEvent
from afluente.timeline.selectors import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.contacts.selectors import Held
    from afluente.timeline.events import Actor

Record = dict[str, Any]
_LISTS: dict[str, tuple[str, Any, str]] = {
    "emails": ("email", ContactEmail, "email"),
    "phones": ("phone", ContactPhone, "raw"),
    "messengers": ("messenger", ContactMessenger, "value"),
}


@transaction.atomic
def take_back_changes(
    *, records: Mapping[int, Record], by: Actor, told: Mapping[str, Any]
) -> dict[int, tuple[list[str], list[str]]]:
    """Give contacts back what a change replaced: `records` as `change_contacts` gave them.

    The caller holds the contacts. Returns, by contact, what was restored and what was kept, by name.
    One event for each contact that changed; `told` is what it says besides.
    """
    found: dict[int, tuple[list[str], list[str]]] = {number: ([], []) for number in records}
    with search.indexing_once():
        _details(records, found)
        _values(records, found)
        for name in _LISTS:
            _addresses(name, records, found)
        _belongings(records, found)
        search.index_contacts([number for number, (done, _) in found.items() if done])
    timeline.record(
        [
            NewEvent("contact.changed", by, contact_id=number, data={"restored": done, **told})
            for number, (done, _kept) in sorted(found.items())
            if done
        ]
    )
    return found


def _details(records: Mapping[int, Record], found: dict[int, tuple[list[str], list[str]]]) -> None:
    wanted: dict[int, Record] = {}
    present = {one.pk: one for one in Contact.objects.filter(pk__in=list(records))}
    for number, record in records.items():
        for name, (before, after) in record.get("details", {}).items():
            held = getattr(present[number], name)
            held = held.isoformat() if name == "created_at" else held
            is_same = held == after
            found[number][0 if is_same else 1].append(_label("assignee" if name == "assignee_id" else name))
            if is_same:
                wanted.setdefault(number, {})[name] = before
    importing.change_details(wanted)


def _values(records: Mapping[int, Record], found: dict[int, tuple[list[str], list[str]]]) -> None:
    fields = {one.id: one for one in selectors.fields_of(selectors.CONTACT)}
    ids = [number for number, record in records.items() if record.get("values")]
    held = selectors.held_values(selectors.CONTACT, ids)
    given: dict[int, dict[int, Held | None]] = {}
    for number in ids:
        for key, (before, after) in records[number]["values"].items():
            field = fields.get(int(key))
            if field is None or field.is_archived:
                continue
            is_same = selectors.plain(held.get(number, {}).get(field.id)) == after
            found[number][0 if is_same else 1].append(field.name)
            if is_same:
                given.setdefault(number, {})[field.id] = selectors.from_plain(field, before)
    fill_values(given=given, by=SYSTEM, is_told=False)


def _addresses(
    name: str, records: Mapping[int, Record], found: dict[int, tuple[list[str], list[str]]]
) -> None:
    kind, model, column = _LISTS[name]
    ids = [number for number, record in records.items() if record.get(name)]
    there = set(model.objects.filter(contact_id__in=ids).values_list("contact_id", column))
    wanted = [(number, words) for number in ids for words in records[number][name]]
    for pair in wanted:
        found[pair[0]][0 if pair in there else 1].append(_label(name))
    importing.forget_addresses(kind, [pair for pair in wanted if pair in there])


def _belongings(records: Mapping[int, Record], found: dict[int, tuple[list[str], list[str]]]) -> None:
    """Tags, companies and where a visit came from."""
    pairs = [(number, tag) for number, record in records.items() for tag in record.get("tags", ())]
    if pairs:
        change_tags(detach=pairs, by=SYSTEM, is_told=False)
    links = [(number, one) for number, record in records.items() for one in record.get("companies", ())]
    importing.unlink_companies(links)
    for number, record in records.items():
        done = found[number][0]
        done += [_label(name) for name in ("tags", "companies") if record.get(name)]
        if "utm" in record:
            first, last, given = record["utm"]
            changed = Contact.objects.filter(pk=number, utm_last=given).update(utm_first=first, utm_last=last)
            found[number][0 if changed else 1].append("utm")


def _label(name: str) -> str:
    return sayings.of(kinds.field_label(name))


@transaction.atomic
def withdraw_contacts(*, contact_ids: Sequence[int], by: Actor, told: Mapping[str, Any]) -> None:
    """Delete contacts that the caller holds; they can be brought back like any deleted one."""
    moment = clock.now()
    names = {one.pk: one.name for one in Contact.objects.present().filter(pk__in=contact_ids)}
    Contact.objects.filter(pk__in=list(names)).update(deleted_at=moment, updated_at=moment)
    search.forget_contacts(list(names))
    timeline.record(
        [
            NewEvent(
                "contact.deleted", by, contact_id=number, data={"name": name or gettext("no name"), **told}
            )
            for number, name in names.items()
        ]
    )
