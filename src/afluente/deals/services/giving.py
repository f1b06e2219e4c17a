"""Several things of many deals, each deal to its own: as a file says them (issue 4, point 8).

What a deal holds is plain (JSON) and named by key, as the kinds of bulk changes have it: one of KEYS, or
`field-12` for a field of the workspace's own.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.contacts import selectors as contacts
from afluente.contacts.models import EVERY
from afluente.contacts.selectors.columns import FIELD
from afluente.contacts.services.bulk_shapes import Change
from afluente.deals import statements
from afluente.deals.models import Deal, Stage
from afluente.deals.services.bulk_kinds import KINDS
from afluente.deals.services.moving import move_deals
from afluente.deals.services.values import DEAL, fill_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.contacts.selectors import KnownField
    from afluente.contacts.services.bulk_shapes import Kind
    from afluente.timeline.events import Actor

STAGE, DUE, REASON = "stage", "due", "lost_reason"
KEYS = ("currency", "name", "amount", "company", "type", "assignee", REASON, DUE, STAGE)
Held = dict[int, dict[str, Any]]


def held_of(deal_ids: Sequence[int]) -> Held:
    """What present deals hold, by deal and key: as many queries for one as for a thousand."""
    found: Held = defaultdict(dict)
    for key in KEYS:
        for pk, value in _kind(key).present(deal_ids).items():
            found[pk][key] = value
    known = _fields()
    values = contacts.held_values(DEAL, list(found), list(known))
    for pk, held in found.items():
        given = values.get(pk, {})
        held.update({f"{FIELD}{number}": contacts.plain(given.get(number)) for number in known})
    return dict(found)


@transaction.atomic
def give_each(
    *, wanted: Mapping[int, Mapping[str, Any]], by: Actor, cause: Mapping[str, Any]
) -> dict[int, dict[str, list[Any]]]:
    """Let each deal have what is said of it; before and after, by deal and key, of what changed by it: also the
    due date that a stage sets. `cause` says why they move (`move_deals`); what a stage wants is not asked for.

    Raises ChangeRefusedError and StageGoneError: nothing changes then.
    """
    before = held_of(statements.hold_deals(sorted(wanted)))
    asked = {
        pk: changes
        for pk, held in before.items()
        if (changes := {key: value for key, value in wanted[pk].items() if held.get(key) != value})
    }
    _write(asked, {pk: held[STAGE][0] for pk, held in before.items()}, by, cause)
    after = held_of(list(asked))
    return {
        pk: {key: [before[pk][key], now] for key, now in held.items() if before[pk][key] != now}
        for pk, held in after.items()
    }


@transaction.atomic
def take_back_each(
    *, records: Mapping[int, Mapping[str, Sequence[Any]]], by: Actor, cause: Mapping[str, Any]
) -> dict[int, tuple[list[str], list[str]]]:
    """Give deals back what they had before `give_each`, by what it answered: by deal, the keys that are as they were,
    and those that somebody changed since, which stay.
    """
    present = held_of(statements.hold_deals(sorted(records)))
    back: dict[int, dict[str, Any]] = {}
    told: dict[int, tuple[list[str], list[str]]] = {}
    for pk, held in present.items():
        same = [key for key, (_, after) in records[pk].items() if key in held and held[key] == after]
        back[pk] = {key: records[pk][key][0] for key in same}
        told[pk] = (same, [key for key in records[pk] if key not in same])
    _write(back, {pk: held[STAGE][0] for pk, held in present.items()}, by, {**cause, "undo": True})
    return told


def places_of(deal_ids: Sequence[int]) -> dict[int, list[str | None]]:
    """Where present deals stand in their columns, and when they were closed: plain, for `put_back`."""
    rows = Deal.objects.present().filter(pk__in=deal_ids).values_list("pk", "position", "closed_at")
    return {pk: [str(position), at.isoformat() if at else None] for pk, position, at in rows}


@transaction.atomic
def put_back(places: Mapping[int, Sequence[str | None]]) -> None:
    """Let deals that are in their stage of before stand where they stood (`places_of`), closed when they were:
    entering a stage puts them on top, and closes them now.
    """
    held = set(statements.hold_deals(sorted(places)))
    statements.put_back({pk: place for pk, place in places.items() if pk in held})


def words_of_key(key: str, value: Any) -> tuple[str, str]:
    """The name under which the log keeps a key, and `value` in words."""
    if not key.startswith(FIELD):
        return key, _kind(key).words(value) if value is not None else ""
    field = _fields().get(int(key.removeprefix(FIELD)))
    if field is None:
        return key, ""
    return f"field:{field.name}", contacts.show(field, contacts.from_plain(field, value))


def _write(
    changes: Mapping[int, Mapping[str, Any]], stages: Mapping[int, int], by: Actor, cause: Mapping[str, Any]
) -> None:
    """The stage comes after what it may want, and the due date once more after the stage, which may set one."""
    for key in (key for key in KEYS if key not in {STAGE, REASON}):
        _give(key, changes, by)
    _give(REASON, {pk: given for pk, given in changes.items() if STAGE not in given}, by)
    _fill(changes, stages, by)
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for pk, given in changes.items():
        if STAGE in given:
            groups[tuple(given[STAGE])].append(pk)
    known = Stage.objects.select_related("pipeline").in_bulk([number for number, _ in groups])
    for (number, reason), ids in groups.items():
        move_deals(deal_ids=ids, to=known[number], by=by, cause=cause, lost_reason=reason)
    if groups:
        _give(DUE, changes, by)


def _give(key: str, changes: Mapping[int, Mapping[str, Any]], by: Actor) -> None:
    if found := {pk: (None, given[key]) for pk, given in changes.items() if key in given}:
        _kind(key).write(found, by)


def _fill(changes: Mapping[int, Mapping[str, Any]], stages: Mapping[int, int], by: Actor) -> None:
    """The workspace's own fields, also those of the pipeline that a deal is about to enter."""
    known = _fields()
    said = {
        pk: {
            number: contacts.from_plain(known[number], value)
            for key, value in given.items()
            if key.startswith(FIELD) and (number := int(key.removeprefix(FIELD))) in known
        }
        for pk, given in changes.items()
    }
    homes = dict(Stage.objects.values_list("pk", "pipeline_id"))
    groups: dict[int, dict[int, Any]] = defaultdict(dict)
    for pk, values in said.items():
        if values:
            to = changes[pk][STAGE][0] if STAGE in changes[pk] else stages[pk]
            groups[homes[to]][pk] = values
    for pipeline_id, given in groups.items():
        fill_values(given=given, by=by, pipeline_id=pipeline_id)


def _kind(key: str) -> Kind:
    return KINDS[key](Change(key))  # type: ignore[return-value]  # as kind_of


def _fields() -> dict[int, KnownField]:
    found: Iterable[KnownField] = contacts.fields_of(DEAL, EVERY)
    return {field.id: field for field in found if not field.is_archived}
