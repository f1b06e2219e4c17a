"""The columns of tasks: what the list shows and an export holds. As those of contacts (ADR 0100): `read` gives
what the screen draws, `plain` what a file holds.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.contacts.models import EVERY, Field
from afluente.contacts.selectors import Column, fields_of, labels, show
from afluente.contacts.selectors.columns import FIELD, NAME
from afluente.tasks.selectors.batch import TaskBatch
from afluente.tasks.selectors.boards import field_scopes
from afluente.tasks.selectors.orders import sorts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import Held, KnownField
    from afluente.tasks.models import Task
    from afluente.tasks.selectors.listing import Row

_LOOKS: dict[str, str] = {Field.Kind.NUMBER: "number", Field.Kind.LINK: "link"}


def task_columns() -> dict[str, Column]:
    """Every column of tasks by key, in the order in which they are offered. Fields of two boards that are called
    the same say whose they are.
    """
    own = [one for one in fields_of("task", EVERY) if one.is_active]
    same = Counter(one.name for one in own)
    boards = dict(field_scopes()) if any(same[one.name] > 1 and one.scope_id for one in own) else {}
    columns = [
        _field_column(one, f"{one.name} ({boards[one.scope_id]})")
        if same[one.name] > 1 and one.scope_id in boards
        else _field_column(one, one.name)
        for one in own
    ]
    return {column.key: column for column in (*_LIST, *columns)}


def task_batch(rows: Sequence[Row], *, columns: Sequence[Column], member: Membership) -> TaskBatch:
    """These tasks, ready to be read by these columns."""
    fields = [column.field for column in columns if column.field is not None]
    return TaskBatch(member=member, rows=rows, fields=fields)


def _field_column(field: KnownField, label: str) -> Column:
    def held(batch: TaskBatch, row: Row) -> Held | None:
        return batch.held.get(row.task.pk, {}).get(field.id)

    def read(batch: TaskBatch, row: Row) -> Any:
        return show(field, held(batch, row))

    def plain(batch: TaskBatch, row: Row) -> Any:
        value = held(batch, row)
        if isinstance(value, tuple):
            words = labels(field, value)
            return words if field.kind == Field.Kind.MULTISELECT else next(iter(words), None)
        return value

    return Column(
        key=f"{FIELD}{field.id}",
        label=label,
        read=read,
        plain=plain,
        look=_LOOKS.get(field.kind, "text"),
        sort=f"{FIELD}{field.id}" if sorts(field) else "",
        is_default=field.is_on_card,
        field=field.id,
    )


def _task(read: Callable[[Task], Any]) -> Callable[[TaskBatch, Row], Any]:
    return lambda _batch, row: read(row.task)


def _row(_batch: TaskBatch, row: Row) -> Row:
    return row


def _name(member: Membership | None) -> str | None:
    return member.user.name if member else None


def _about(kind: str) -> Callable[[TaskBatch, Row], Any]:
    """The names of what a task is about, of one kind."""
    return lambda _batch, row: ", ".join(one.name for one in row.about if one.kind == kind) or None


def _of_person(part: str) -> Callable[[TaskBatch, Row], Any]:
    """An address of the first contact a task is about that has one."""

    def read(batch: TaskBatch, row: Row) -> Any:
        known = getattr(batch, part)
        return next((known[one.id] for one in row.about if one.kind == "contact" and one.id in known), None)

    return read


def _observers(batch: TaskBatch, row: Row) -> Any:
    return batch.observers.get(row.task.pk, [])


def _progress(batch: TaskBatch, row: Row) -> Any:
    done, items = batch.progress.get(row.task.pk, (0, 0))
    return f"{done}/{items}" if items else None


def _column(key: str, label: StrOrPromise, read: Any, plain: Any = None, **more: Any) -> Column:
    return Column(key=key, label=label, read=read, plain=plain or read, **more)


_LIST = (
    _column(NAME, _("Task"), _row, _task(lambda task: task.title), look="row", sort="title"),
    _column("number", _("Number"), _task(lambda task: task.pk), look="number", sort="newest"),
    _column(
        "step",
        _("Status"),
        _row,
        _task(lambda task: task.step.name),
        look="step",
        sort="step",
        is_default=True,
    ),
    _column(
        "due", _("Deadline"), _row, _task(lambda task: task.due_at), look="due", sort="due", is_default=True
    ),
    _column(
        "assignee",
        _("Assignee"),
        _task(lambda task: task.assignee),
        _task(lambda task: _name(task.assignee)),
        look="person",
        sort="assignee",
        is_default=True,
    ),
    _column(
        "priority",
        _("Priority"),
        _row,
        _task(lambda task: str(task.get_priority_display())),
        look="priority",
        sort="priority",
        is_default=True,
    ),
    _column(
        "tags",
        _("Tags"),
        lambda _batch, row: row.tags,
        lambda _batch, row: [tag.name for tag in row.tags],
        look="tags",
        is_default=True,
    ),
    _column("board", _("Board"), _task(lambda task: task.board.name)),
    _column("kind", _("Kind"), _task(lambda task: str(task.get_kind_display()))),
    _column("contact", _("Contact"), _about("contact")),
    _column("contact_email", _("E-mail of a person"), _of_person("emails")),
    _column("contact_phone", _("Phone of a person"), _of_person("phones")),
    _column("deal", _("Deal"), _about("deal")),
    _column("company", _("Company"), _about("company")),
    _column("start", _("Start"), _task(lambda task: task.start_at), look="moment"),
    _column("done", _("Done on"), _task(lambda task: task.done_at), look="moment", sort="done"),
    _column("created", _("Created"), _task(lambda task: task.created_at), look="moment", sort="newest"),
    _column("updated", _("Changed"), _task(lambda task: task.updated_at), look="moment", sort="updated"),
    _column("created_by", _("Made by"), _task(lambda task: _name(task.created_by))),
    _column(
        "observers", _("Observers"), lambda batch, row: ", ".join(_observers(batch, row)) or None, _observers
    ),
    _column("parent", _("Part of"), lambda batch, row: batch.parents.get(row.task.parent_id)),
    _column("progress", _("Checklist"), _progress),
    _column("description", _("Description"), _task(lambda task: task.description or None)),
    _column("place", _("Place"), _task(lambda task: task.place or None)),
    _column("call_phone", _("Phone to call"), _task(lambda task: task.phone or None)),
    _column("repeat", _("Repeats"), _task(lambda task: task.repeat or None)),
)
