"""What a merge of two contacts would come to, before anybody says yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from afluente.accounts.models import Membership
from afluente.contacts import selectors
from afluente.contacts.models import (
    Contact,
    ContactEmail,
    ContactMerge,
    ContactMessenger,
    ContactPhone,
    Field,
    Policy,
)
from afluente.contacts.services import merge_deciding as deciding
from afluente.contacts.services.merge_carriers import carriers
from afluente.contacts.statements import merge_rows
from afluente.kernel import phone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

ADDRESSES: tuple[tuple[str, Any], ...] = (
    ("contacts.emails", ContactEmail),
    ("contacts.phones", ContactPhone),
    ("contacts.messengers", ContactMessenger),
)


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one of the two has in a field. `is_chosen`: it is what stays, or the main one."""

    contact_id: int
    lines: Sequence[str]
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A field of both, and what the survivor will have. `differs`: there is something to choose."""

    key: str
    label: StrOrPromise
    sides: Sequence[Side]
    result: Sequence[str]
    differs: bool
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Two contacts side by side. `goes_along` says how much of what comes from the other."""

    survivor: Contact
    loser: Contact
    contacts: Sequence[Contact]
    lines: Sequence[Line]
    goes_along: Sequence[tuple[StrOrPromise, int]]
    policy: str


def preview_merge(
    *, contacts: Sequence[Contact], survivor_id: int | None, policy: str, choices: Mapping[str, int]
) -> Preview:
    """Two contacts, the older one first, and what their merge would be. Writes nothing."""
    both = sorted(contacts, key=lambda one: (one.created_at, one.pk))
    survivor = next((one for one in both if one.pk == survivor_id), both[0])
    loser = next(one for one in both if one is not survivor)
    people = _people(both)
    shown = _Shown()
    before = {number: dict(one.values) for number, one in people.items()}
    extra: dict[str, Any] = {}

    def keep(_survivor: deciding.Person, key: str, value: Any) -> tuple[str, Any] | None:
        if key in {"name", "location", "address"} or (key.isdigit() and policy == Policy.BOTH):
            extra[key] = value
            return f"extra:{key}", value
        return None

    deciding.Join(people[survivor.pk], people[loser.pk], policy, choices, shown.several, keep).run()
    after = people[survivor.pk].values
    lines = _addresses(both, survivor, loser, policy, choices)
    for key in [*deciding.CHOSEN, *(str(number) for number in shown.fields)]:
        pair = {one.pk: before[one.pk].get(key) for one in both}
        if not all(deciding.is_empty(key, value) for value in pair.values()):
            note = shown.kept(key, extra[key]) if key in extra else ""
            lines.append(_line(shown, key, pair, after.get(key), note))
    return Preview(
        survivor=survivor,
        loser=loser,
        contacts=both,
        lines=lines,
        goes_along=_goes_along(loser.pk),
        policy=policy,
    )


def _line(shown: _Shown, key: str, pair: Mapping[int, Any], after: Any, note: str) -> Line:
    """One field: what each has, what comes out, and whether there is anything to choose."""
    one, other = pair.values()
    has_both = not (deciding.is_empty(key, one) or deciding.is_empty(key, other))
    return Line(
        key=key,
        label=shown.label(key),
        sides=[
            Side(contact_id=number, lines=shown.lines(key, value), is_chosen=value == after)
            for number, value in pair.items()
        ],
        result=shown.lines(key, after),
        differs=has_both and one != other and key not in shown.several,
        note=note,
    )


def _people(contacts: Sequence[Contact]) -> dict[int, deciding.Person]:
    held = selectors.held_values(selectors.CONTACT, [one.pk for one in contacts])
    return {
        one.pk: deciding.person(
            one, {number: selectors.plain(value) for number, value in held.get(one.pk, {}).items()}
        )
        for one in contacts
    }


def _addresses(
    both: Sequence[Contact], survivor: Contact, loser: Contact, policy: str, choices: Mapping[str, int]
) -> list[Line]:
    """Every address of both stays; whose main one is the main one can be chosen."""
    labels = {carrier.slug: carrier.label for carrier in carriers()}
    lines = []
    for slug, model in ADDRESSES:
        rows = model.objects.filter(contact_id__in=[one.pk for one in both]).order_by("-is_primary", "pk")
        held = {one.pk: [row for row in rows if row.contact_id == one.pk] for one in both}
        if not any(held.values()):
            continue
        having = [one for one in both if held[one.pk]]
        newest = having[-1]
        default = newest if policy == Policy.NEWER else survivor if survivor in having else loser
        first = next((one for one in having if one.pk == choices.get(slug)), default)
        order = [first, *(one for one in both if one is not first)]
        result = list(dict.fromkeys(_written(row) for one in order for row in held[one.pk]))
        lines.append(
            Line(
                key=slug,
                label=labels[slug],
                sides=[
                    Side(
                        contact_id=one.pk,
                        lines=[_written(row) for row in held[one.pk]],
                        is_chosen=one is first,
                    )
                    for one in both
                ],
                result=result,
                differs=len(having) > 1 and len({_written(held[one.pk][0]) for one in both}) > 1,
            )
        )
    return lines


def _written(row: Any) -> str:
    if isinstance(row, ContactPhone):
        return phone.show(row.e164) if row.e164 else row.raw
    if isinstance(row, ContactMessenger):
        return f"{row.get_kind_display()} {row.value}"
    return str(row.email.lower() if row.key else row.email)


def _goes_along(loser_id: int) -> list[tuple[StrOrPromise, int]]:
    known = {slug for slug, _ in ADDRESSES}
    wanted = [one for one in carriers() if one.slug not in known]
    counts = merge_rows.counts(wanted, loser_id)
    return [(one.label, counts[one.slug]) for one in wanted if counts[one.slug]]


@dataclass(frozen=True)
class Told:
    """A field in which a merge changed the survivor, or left the other's value out (`after` is "")."""

    label: StrOrPromise
    before: str
    after: str
    left: str = ""


def spoken_changes(merge: ContactMerge) -> list[Told]:
    """What a merge did to the survivor's own fields, as people read it."""
    shown = _Shown()

    def words(key: str, value: Any) -> str:
        return ", ".join(shown.lines(key, value))

    told = []
    for key in [*dict.fromkeys([*merge.changes, *merge.left])]:
        if not shown.is_known(key):
            continue
        before, after = merge.changes.get(key, (None, None))
        told.append(
            Told(shown.label(key), words(key, before), words(key, after), words(key, merge.left.get(key)))
        )
    return told


class _Shown:
    """Plain values as people read them."""

    def __init__(self) -> None:
        self.fields = {
            field.id: field for field in selectors.fields_of(selectors.CONTACT) if not field.is_archived
        }
        self.several = {str(one.id) for one in self.fields.values() if one.kind == Field.Kind.MULTISELECT}
        self.members = {
            one.pk: one.user.name for one in Membership.objects.select_related("user").order_by("pk")
        }

    def is_known(self, key: str) -> bool:
        """Whether it is a field that people choose or fill, and still there."""
        return key in deciding.CHOSEN or (key.isdigit() and int(key) in self.fields)

    def label(self, key: str) -> StrOrPromise:
        own = {
            "name": gettext("Name"),
            "location": gettext("Location"),
            "address": gettext("Address"),
            "assignee": gettext("Responsible"),
        }
        return own[key] if key in own else self.fields[int(key)].name

    def lines(self, key: str, value: Any) -> list[str]:
        if deciding.is_empty(key, value):
            return []
        if key == "name":
            return [" ".join(value).strip()]
        if key == "assignee":
            return [self.members.get(value, "")]
        if key.isdigit():
            field = self.fields[int(key)]
            return selectors.show(field, selectors.from_plain(field, value)).splitlines()
        return [str(value)]

    def kept(self, key: str, value: Any) -> str:
        """That the value which gives way gets a field of its own."""
        return gettext("{value} is kept in {field}").format(
            value=" ".join(self.lines(key, value)), field=f"{self.label(key)} (2)"
        )
