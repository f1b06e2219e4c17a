"""The orders of the list of tasks, each read by keyset along indexes, as those of contacts are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from afluente.accounts.models import Membership
from afluente.contacts.models import EVERY, Field
from afluente.contacts.selectors import KnownField, fields_of, find_field
from afluente.contacts.selectors.columns import FIELD
from afluente.contacts.selectors.parts import Part
from afluente.kernel import text
from afluente.tasks.models import Step, Task, TaskValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DUE, DONE, NEWEST = "due", "done", "newest"
OPEN = "open"  # a state of the list, as DONE is one
USUAL = {OPEN: DUE, DONE: DONE}  # by state
_KEYS = {
    Field.Kind.TEXT: ("text", "text_key"),
    Field.Kind.LINK: ("text", "text_key"),
    Field.Kind.NUMBER: ("number", "number_key"),
    Field.Kind.CHECKBOX: ("number", "number_key"),
    Field.Kind.MOMENT: ("moment", "moment"),
}
_BARE = Part(Q(), "pk", descending=False, ties=False)
Place = tuple[int, Any]


@dataclass(frozen=True)
class Order:
    """Parts one after another; `place` says in which of them a task stands, and with what value."""

    parts: tuple[Part, ...]
    place: Callable[[Task], Place]

    def ids(self, found: Any, *, after: Task | None, limit: int) -> list[int]:
        """The first tasks of `found` in this order, or those after one: parts are read until there are enough."""
        ids: list[int] = []
        for part in self._read(found, after):
            ids += part.values_list("pk", flat=True)[: limit - len(ids)]
            if len(ids) >= limit:
                break
        return ids

    def _read(self, found: Any, after: Task | None) -> Iterator[Any]:
        number = -1
        if after is not None:
            number, value = self.place(after)
            yield from self.parts[number].beyond(found, value, after.pk)
        for part in self.parts[number + 1 :]:
            yield part.sorted(found)


def sorts(field: KnownField) -> bool:
    """Whether the list can be sorted by a field: not by one of which a task has several values."""
    return field.kind in _KEYS or field.kind == Field.Kind.SELECT


def key_of(key: str, state: str) -> str:
    """The name of an order that there is (`-name` is the other way round); the usual one of the state for any
    other, and for open tasks by when they were done.
    """
    plain = key.removeprefix("-")
    is_known = plain in _KNOWN or _field(plain) is not None
    return key if is_known and not (plain == DONE and state == OPEN) else USUAL.get(state, NEWEST)


def is_descending(key: str) -> bool:
    """Whether an order goes down: what is newest and what matters most is asked for first."""
    return (key.removeprefix("-") in {NEWEST, DONE, "updated", "priority"}) != key.startswith("-")


def opposite_of(key: str) -> str:
    """The same order, the other way round; what has nothing to sort by comes last in both."""
    return key.removeprefix("-") if key.startswith("-") else f"-{key}"


def order_of(key: str, state: str) -> Order:
    """The order of this name among tasks of a state. Raises LookupError when there is none."""
    plain, down = key.removeprefix("-"), is_descending(key)
    if plain == DONE == state:
        return _simple("done_at", down)
    if plain in _KNOWN:
        return _KNOWN[plain](down)
    field = _field(plain)
    if field is None:
        raise LookupError(key)
    return _by_option(field, down) if field.has_options else _by_value(field, down)


def _simple(column: str, down: bool) -> Order:
    return Order((Part(Q(), column, down, down),), lambda task: (0, getattr(task, column)))


def _dated(column: str, down: bool) -> Order:
    """By a moment; tasks without one after those that have it."""
    missing = Q(**{f"{column}__isnull": True})
    parts = (Part(~missing, column, down, down), replace(_BARE, narrow=missing))

    def place(task: Task) -> Place:
        value = getattr(task, column)
        return (1, task.pk) if value is None else (0, value)

    return Order(parts, place)


def _by_step(down: bool) -> Order:
    """As the steps stand on their boards, and in each as the cards do."""
    steps = list(
        Step.objects.order_by(
            "-board__is_default", "board__position", "board_id", "position", "pk"
        ).values_list("pk", flat=True)
    )
    steps = steps[::-1] if down else steps
    places = {pk: number for number, pk in enumerate(steps)}
    parts = tuple(Part(Q(step_id=pk), "position", descending=False, ties=False) for pk in steps)
    return Order(parts, lambda task: (places[task.step_id], task.position))


def _by_priority(down: bool) -> Order:
    levels = sorted(Task.Priority.values, reverse=down)
    parts = tuple(replace(_BARE, narrow=Q(priority=level)) for level in levels)
    return Order(parts, lambda task: (levels.index(task.priority), task.pk))


def _by_assignee(down: bool) -> Order:
    """By name, and of each by deadline; what nobody has comes last."""
    named = Membership.objects.values_list("pk", "user__name")
    people: Sequence[int | None] = [
        *(pk for pk, _name in sorted(named, key=lambda one: (text.norm(one[1]), one[0]), reverse=down)),
        None,
    ]
    parts = []
    for pk in people:
        whose = Q(assignee_id=pk) if pk else Q(assignee_id__isnull=True)
        parts += [
            Part(whose & Q(due_at__isnull=False), "due_at", descending=False, ties=False),
            replace(_BARE, narrow=whose & Q(due_at__isnull=True)),
        ]

    def place(task: Task) -> Place:
        number = 2 * people.index(task.assignee_id)
        return (number + 1, task.pk) if task.due_at is None else (number, task.due_at)

    return Order(tuple(parts), place)


def _none_of(field: KnownField) -> Part:
    missing = ~Q(Exists(TaskValue.objects.filter(task_id=OuterRef("pk"), field_id=field.id)))
    return replace(_BARE, narrow=missing)


def _by_value(field: KnownField, down: bool) -> Order:
    column, key = _KEYS[Field.Kind(field.kind)]
    having = Q(values__field_id=field.id, **{f"values__{column}__isnull": False})
    # As the index has them: going up, the highest number first among equals.
    parts = (Part(having, f"values__{key}", down, not down), _none_of(field))

    def place(task: Task) -> Place:
        rows = TaskValue.objects.filter(task_id=task.pk, field_id=field.id)
        value = rows.exclude(**{column: None}).values_list(key, flat=True).first()
        return (1, task.pk) if value is None else (0, value)

    return Order(parts, place)


def _by_option(field: KnownField, down: bool) -> Order:
    """In the order in which the choices stand in the settings."""
    options = [option.id for option in field.options]
    options = options[::-1] if down else options
    having = (
        Part(Q(values__field_id=field.id, values__option_id=one), "pk", descending=True, ties=True)
        for one in options
    )

    def place(task: Task) -> Place:
        rows = TaskValue.objects.filter(task_id=task.pk, field_id=field.id)
        chosen = rows.values_list("option_id", flat=True).first()
        return (options.index(chosen) if chosen in options else len(options), task.pk)

    return Order((*having, _none_of(field)), place)


_KNOWN: dict[str, Callable[[bool], Order]] = {
    DUE: lambda down: _dated("due_at", down),
    DONE: lambda down: _dated("done_at", down),
    NEWEST: lambda down: _simple("pk", down),
    "updated": lambda down: _simple("updated_at", down),
    "title": lambda down: _simple("search_title", down),
    "step": _by_step,
    "priority": _by_priority,
    "assignee": _by_assignee,
}


def _field(plain: str) -> KnownField | None:
    number = plain.removeprefix(FIELD)
    if not plain.startswith(FIELD) or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found = find_field(fields_of("task", EVERY), int(number))
    return found if found is not None and found.is_active and sorts(found) else None
