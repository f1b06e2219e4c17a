"""Boards and their steps."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Value, When

from afluente.tasks.models import Board, Step

# The default step of a kind is the first one; kinds in the order of work.
_ORDER = Case(
    When(kind=Step.Kind.NEW, then=Value(0)),
    When(kind=Step.Kind.PROGRESS, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def boards() -> list[Board]:
    """The present boards, the default one first, with their steps at hand: two queries."""
    found = Board.objects.filter(archived_at=None).order_by("-is_default", "position", "pk")
    return list(found.prefetch_related("steps"))


def steps_of(board_id: int) -> list[Step]:
    """The steps of a board in their order."""
    return list(Step.objects.filter(board_id=board_id).order_by("position", "pk"))


def step_of_kind(board_id: int, *kinds: str) -> Step | None:
    """The first step of a board that is of one of these kinds."""
    found = Step.objects.filter(board_id=board_id, kind__in=kinds)
    return found.order_by(_ORDER, "position", "pk").first()
