"""Several things of many tasks, each task to its own: as a file says them (issue 4, point 8; ADR 0168).

What a task holds is plain (JSON) and named by key: one of KEYS, or `field-12` for a field of the workspace's own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.accounts.models import Membership
from afluente.contacts import selectors as contacts
from afluente.contacts.models import EVERY, Tag
from afluente.contacts.selectors.columns import FIELD
from afluente.contacts.services.bulk_shapes import Change
from afluente.tasks import statements
from afluente.tasks.models import Step, Task, TaskObserver, TaskTag
from afluente.tasks.services.bulk_kinds import KINDS
from afluente.tasks.services.changing import change_each, check_moments, set_observers, set_tags
from afluente.tasks.services.moving import move_tasks
from afluente.tasks.services.refusing import TaskRefusedError
from afluente.tasks.services.values import TASK, fill_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.contacts.selectors import KnownField
    from afluente.contacts.services.bulk_shapes import Kind
    from afluente.timeline.events import Actor

TEXTS = ("title", "description", "priority", "kind", "place", "phone", "repeat")
ASSIGNEE, START, DUE, OBSERVERS, TAGS, STEP = "assignee", "start", "due", "observers", "tags", "step"
KEYS = (*TEXTS, ASSIGNEE, START, DUE, OBSERVERS, TAGS, STEP)
MOMENTS = frozenset({"kind", "repeat", START, DUE})  # what must fit together
_LOGGED = {START: "start_at", DUE: "due_at"}  # as the log calls it
Held = dict[int, dict[str, Any]]
Wanted = dict[int, dict[str, Any]]


def held_of(task_ids: Sequence[int]) -> Held:
    """What present tasks hold, by task and key: as many queries for one as for a thousand."""
    rows = Task.objects.present().filter(pk__in=task_ids)
    found: Held = {row.pk: _held(row) for row in rows}
    for key, model in ((OBSERVERS, TaskObserver), (TAGS, TaskTag)):
        column = "member_id" if key == OBSERVERS else "tag_id"
        links = model.objects.filter(task_id__in=list(found)).order_by(column)
        for pk, number in links.values_list("task_id", column):
            found[pk][key].append(number)
    known = _fields()
    values = contacts.held_values(TASK, list(found), list(known))
    for pk, held in found.items():
        given = values.get(pk, {})
        held.update({f"{FIELD}{number}": contacts.plain(given.get(number)) for number in known})
    return found


@transaction.atomic
def give_each(*, wanted: Mapping[int, Mapping[str, Any]], by: Actor) -> dict[int, dict[str, list[Any]]]:
    """Let each task have what is said of it; before and after, by task and key, of what changed. Nobody is told.

    Raises TaskRefusedError: nothing changes then.
    """
    before = held_of(statements.hold_tasks(sorted(wanted)))
    asked = {
        pk: changes
        for pk, held in before.items()
        if (changes := {key: value for key, value in wanted[pk].items() if held.get(key) != value})
    }
    _write(asked, by)
    after = held_of(list(asked))
    return {
        pk: {key: [before[pk][key], now] for key, now in held.items() if before[pk][key] != now}
        for pk, held in after.items()
    }


@transaction.atomic
def take_back_each(
    *, records: Mapping[int, Mapping[str, Sequence[Any]]], by: Actor
) -> dict[int, tuple[list[str], list[str]]]:
    """Give tasks back what they had before `give_each`, by what it answered: by task, the keys that are as they were,
    and those that somebody changed since, which stay. Moments that would no longer fit together stay too.
    """
    present = held_of(statements.hold_tasks(sorted(records)))
    back: Wanted = {}
    told: dict[int, tuple[list[str], list[str]]] = {}
    for pk, held in present.items():
        same = [key for key, (_, after) in records[pk].items() if key in held and held[key] == after]
        if misfit({**held, **{key: records[pk][key][0] for key in same}}):
            same = [key for key in same if key not in MOMENTS]
        back[pk] = {key: records[pk][key][0] for key in same}
        told[pk] = (same, [key for key in records[pk] if key not in same])
    _write(back, by)
    return told


def misfit(held: Mapping[str, Any]) -> str:
    """Why a task cannot be like this; "" when it can."""
    due = held[DUE][0] if held[DUE] else None
    try:
        check_moments(
            kind=held["kind"], start_at=_moment(held[START]), due_at=_moment(due), repeat=held["repeat"]
        )
    except TaskRefusedError as refused:
        return str(refused)
    return ""


def places_of(task_ids: Sequence[int]) -> dict[int, list[str | None]]:
    """Where present tasks stand in their steps, and when they were done: plain, for `put_back`."""
    rows = Task.objects.present().filter(pk__in=task_ids).values_list("pk", "position", "done_at")
    return {pk: [str(position), at.isoformat() if at else None] for pk, position, at in rows}


@transaction.atomic
def put_back(places: Mapping[int, Sequence[str | None]]) -> None:
    """Let tasks that are on their step of before stand where they stood (`places_of`), done when they were."""
    held = set(statements.hold_tasks(sorted(places)))
    statements.put_back({pk: place for pk, place in places.items() if pk in held})


def words_of_key(key: str, value: Any) -> tuple[str, str]:
    """The name under which the log keeps a key, and `value` in words."""
    if key.startswith(FIELD):
        field = _fields().get(int(key.removeprefix(FIELD)))
        if field is None:
            return key, ""
        return f"field:{field.name}", contacts.show(field, contacts.from_plain(field, value))
    return _LOGGED.get(key, key), _words(key, value) if value not in (None, "", []) else ""


def _words(key: str, value: Any) -> str:
    if key in {STEP, ASSIGNEE, "priority", DUE}:
        return _kind(key).words(value)
    if key == START:
        return _kind(DUE).words([value, False])
    if key == "kind":
        return str(dict(Task.Kind.choices).get(value, ""))
    names: Iterable[str]
    if key == OBSERVERS:
        names = Membership.objects.filter(pk__in=value).values_list("user__name", flat=True)
    elif key == TAGS:
        names = Tag.objects.filter(pk__in=value).values_list("name", flat=True)
    else:
        return str(value)[:300]
    return ", ".join(sorted(names, key=str.casefold))


def _kind(key: str) -> Kind:
    return KINDS[key](Change(key))  # type: ignore[return-value]  # as kind_of


def _held(row: Task) -> dict[str, Any]:
    return {
        **{key: getattr(row, key) for key in TEXTS},
        ASSIGNEE: row.assignee_id,
        START: plain_moment(row.start_at),
        DUE: [plain_moment(row.due_at), row.due_is_day] if row.due_at else None,
        OBSERVERS: [],
        TAGS: [],
        STEP: row.step_id,
    }


def plain_moment(at: dt.datetime | None) -> str | None:
    """A moment as these values keep it."""
    return at.astimezone(dt.UTC).isoformat() if at else None


def _moment(written: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(written) if written else None


def _write(changes: Mapping[int, Mapping[str, Any]], by: Actor) -> None:
    """The step comes last: what repeats makes its next one from what is there then."""
    plain = {pk: found for pk, given in changes.items() if (found := _columns(given))}
    change_each(wanted=plain, by=by)
    for ids, numbers in _alike(changes, OBSERVERS):
        set_observers(task_ids=ids, member_ids=numbers, by=by, is_news=False)
    for ids, numbers in _alike(changes, TAGS):
        set_tags(task_ids=ids, tag_ids=numbers, by=by)
    steps = {step.pk: step for step in Step.objects.filter(pk__in=_steps(changes))}
    _fill(changes, steps, by)
    for number, step in steps.items():
        move_tasks(
            task_ids=[pk for pk, given in changes.items() if given.get(STEP) == number], to=step, by=by
        )


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: given[key] for key in TEXTS if key in given}
    if ASSIGNEE in given:
        found["assignee_id"] = given[ASSIGNEE]
    if START in given:
        found["start_at"] = _moment(given[START])
    if DUE in given:
        at, is_day = given[DUE] or (None, False)
        found |= {"due_at": _moment(at), "due_is_day": is_day}
    return found


def _alike(changes: Mapping[int, Mapping[str, Any]], key: str) -> list[tuple[list[int], tuple[int, ...]]]:
    """The tasks that are to have the same of `key`, with that."""
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for pk, given in changes.items():
        if key in given:
            groups[tuple(given[key])].append(pk)
    return [(ids, numbers) for numbers, ids in groups.items()]


def _steps(changes: Mapping[int, Mapping[str, Any]]) -> set[int]:
    return {given[STEP] for given in changes.values() if STEP in given}


def _fill(changes: Mapping[int, Mapping[str, Any]], steps: Mapping[int, Step], by: Actor) -> None:
    """The workspace's own fields, also those of the board that a task is about to enter."""
    known = _fields()
    groups: dict[int | None, dict[int, Any]] = defaultdict(dict)
    for pk, given in changes.items():
        values = {
            number: contacts.from_plain(known[number], value)
            for key, value in given.items()
            if key.startswith(FIELD) and (number := int(key.removeprefix(FIELD))) in known
        }
        if values:
            to = steps.get(given.get(STEP, 0))
            groups[to.board_id if to else None][pk] = values
    for board_id, found in groups.items():
        fill_values(given=found, by=by, board_id=board_id)


def _fields() -> dict[int, KnownField]:
    return {field.id: field for field in contacts.fields_of(TASK, EVERY) if not field.is_archived}
