"""Boards and their steps."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Prefetch, Value, When

from afluente.accounts.models import Membership
from afluente.contacts.selectors import KnownField, fields_for
from afluente.tasks.models import Board, Step, Task

# The default step of a kind is the first one; kinds in the order of work.
_ORDER = Case(
    When(kind=Step.Kind.NEW, then=Value(0)),
    When(kind=Step.Kind.PROGRESS, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """A line of the step editor; `count` counts every present task, whoever may see it."""

    step: Step
    count: int


def boards() -> list[Board]:
    """The present boards, the default one first, with their steps in order at hand: two queries."""
    found = Board.objects.filter(archived_at=None).order_by("-is_default", "position", "pk")
    return list(found.prefetch_related(Prefetch("steps", Step.objects.order_by("position", "pk"))))


def field_scopes() -> list[tuple[int, str]]:
    """The present boards, as (number, name): each may have fields of its own."""
    rows = Board.objects.filter(archived_at=None).order_by("-is_default", "position", "pk")
    return list(rows.values_list("pk", "name"))


def takes_tasks_of(board: Board) -> int | None:
    """Who gets the tasks that are made on a board without naming anybody; nobody who left."""
    if board.default_assignee_id is None:
        return None
    present = Membership.objects.filter(is_active=True, user__is_active=True)
    return present.filter(pk=board.default_assignee_id).values_list("pk", flat=True).first()


def asked_fields(board_id: int | None = None) -> list[KnownField]:
    """What must be filled in of a new task on a board, the first one unless told otherwise."""
    if board_id is None:
        board_id = Board.objects.filter(is_default=True).values_list("pk", flat=True).first()
    return [field for field in fields_for("task", board_id) if field.is_active and field.is_required]


def steps_of(board_id: int) -> list[Step]:
    """The steps of a board in their order."""
    return list(Step.objects.filter(board_id=board_id).order_by("position", "pk"))


def step_of_kind(board_id: int, *kinds: str) -> Step | None:
    """The first step of a board that is of one of these kinds."""
    found = Step.objects.filter(board_id=board_id, kind__in=kinds)
    return found.order_by(_ORDER, "position", "pk").first()


def step_rows(board_id: int) -> list[StepRow]:
    """The steps of a board, each with the number of its tasks: two queries."""
    tasks = Task.objects.present().filter(board_id=board_id).order_by()
    counts = dict(tasks.values_list("step_id").annotate(n=Count("pk")))
    return [StepRow(step=step, count=counts.get(step.pk, 0)) for step in steps_of(board_id)]
