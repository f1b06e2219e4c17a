"""What tasks can be filtered by."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models import EVERY, Tag
from afluente.contacts.selectors import asking, attribute_criteria, fields_of
from afluente.contacts.selectors.asking import EMPTY, FILLED, Answer, Asker, BrokenError
from afluente.contacts.selectors.criteria import (
    CHOICE,
    MANY,
    MOMENT,
    NOBODY,
    TEXT,
    Criterion,
    ask_assignee,
    people_choices,
)
from afluente.kernel import clock
from afluente.tasks.models import Board, Step, Task, TaskObserver, TaskTag
from afluente.tasks.selectors.boards import field_scopes

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

OPEN, DONE, OVERDUE = "open", "done", "overdue"
_REGISTERED: dict[str, Criterion] = {}


def register_criterion(criterion: Criterion) -> None:
    """Let tasks be filtered by something of a slice above."""
    _REGISTERED[criterion.slug] = criterion


def task_criteria() -> dict[str, Criterion]:
    """Everything tasks can be filtered by, in the order in which it is offered."""
    own = {criterion.slug: criterion for criterion in (*_LIST, *_REGISTERED.values())}
    fields = fields_of("task", EVERY)
    names = dict(field_scopes()) if any(field.scope_id for field in fields) else {}
    return own | (attribute_criteria("task", names) if fields else {})


def _turned(answer: Answer, asker: Asker) -> Answer:
    return ~Answer(answer.q) if asker.op in {"is_not", "not_contains"} else answer


def _status(asker: Asker) -> Answer:
    known = {
        OPEN: Q(done_at=None),
        DONE: Q(done_at__isnull=False),
        OVERDUE: Q(done_at=None, due_at__lt=clock.now()),
    }
    asked = Q(pk__in=())
    for value in asker.among(known):
        asked |= known[value]
    return _turned(Answer(asked), asker)


def _among(column: str, model: Any, gone: str, asker: Asker) -> Answer:
    """One of several rows by number; one that is gone breaks the condition."""
    ids = asker.ids
    if model.objects.filter(pk__in=ids).count() < len(set(ids)):
        raise BrokenError(gettext(gone))
    return _turned(Answer(Q(**{f"{column}__in": ids})), asker)


def _choice(column: str, known: Any, asker: Asker) -> Answer:
    return _turned(Answer(Q(**{f"{column}__in": asker.among(known)})), asker)


def _tag(asker: Asker) -> Answer:
    links = TaskTag.objects.filter(task_id=OuterRef("pk"))
    if asker.op in {EMPTY, FILLED}:
        filled = Answer(Q(Exists(links)))
        return ~filled if asker.op == EMPTY else filled
    ids = asker.ids
    if Tag.objects.filter(pk__in=ids).count() < len(set(ids)):
        raise BrokenError(gettext("This tag was deleted."))
    return _turned(Answer(Q(Exists(links.filter(tag_id__in=ids)))), asker)


def _observer(asker: Asker) -> Answer:
    me = [str(asker.member.pk) if value == "me" else value for value in asker.values]
    ids = Asker(asker.member, asker.op, me).ids
    links = TaskObserver.objects.filter(task_id=OuterRef("pk"), member_id__in=ids)
    return _turned(Answer(Q(Exists(links))), asker)


def _moment(slug: str, label: Any, column: str, order: int, *, may_miss: bool = False) -> Criterion:
    ops = (*MOMENT, EMPTY, FILLED) if may_miss else MOMENT
    ask = partial(asking.moment_question, column)
    return Criterion(slug=slug, label=label, ops=ops, ask=ask, control="date", order=order)


def _chosen(slug: str, label: Any, ask: Any, choices: Any, order: int, ops: Any = CHOICE) -> Criterion:
    return Criterion(
        slug=slug, label=label, ops=ops, ask=ask, control="choices", choices=choices, order=order
    )


def _followers(member: Membership) -> list[tuple[str, Any]]:
    return [pair for pair in people_choices(member) if pair[0] != NOBODY]


def _states(_member: Membership) -> list[tuple[str, Any]]:
    return [(OPEN, gettext("To do")), (DONE, pgettext("task", "Done")), (OVERDUE, gettext("Overdue"))]


def _boards(_member: Membership) -> list[tuple[str, Any]]:
    rows = Board.objects.filter(archived_at=None).order_by("-is_default", "position", "pk")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def _steps(_member: Membership) -> list[tuple[str, Any]]:
    rows = Step.objects.order_by("-board__is_default", "board__position", "board_id", "position", "pk")
    return [(str(pk), f"{a}: {b}") for pk, a, b in rows.values_list("pk", "board__name", "name")]


def _levels(_member: Membership) -> list[tuple[str, Any]]:
    return [(str(value), label) for value, label in Task.Priority.choices]


def _tags(_member: Membership) -> list[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in Tag.objects.order_by("name").values_list("pk", "name")]


_LIST = (
    _chosen("status", _("Status"), _status, _states, 1),
    _chosen("assignee", _("Assignee"), ask_assignee, people_choices, 2),
    _moment("due", _("Deadline"), "due_at", 3, may_miss=True),
    _chosen("priority", _("Priority"), partial(_choice, "priority", {"1", "2", "3"}), _levels, 4),
    _chosen("tag", _("Tag"), _tag, _tags, 5, MANY),
    _chosen("board", _("Board"), partial(_among, "board_id", Board, "This board was deleted."), _boards, 6),
    _chosen("step", _("Step"), partial(_among, "step_id", Step, "This step was deleted."), _steps, 7),
    Criterion(slug="title", label=_("Title"), ops=TEXT, ask=partial(asking.text_question, "title"), order=8),
    _chosen("observer", _("Observers"), _observer, _followers, 9),
    _moment("start", _("Start"), "start_at", 10, may_miss=True),
    _moment("created", _("Created"), "created_at", 11),
    _moment("done", _("Done on"), "done_at", 12, may_miss=True),
)
# Said late, so that the catalogue holds them.
_GONE = (_("This board was deleted."), _("This step was deleted."))
