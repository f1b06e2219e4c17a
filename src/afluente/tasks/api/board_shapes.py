"""What goes in and out of the API of boards, checklists and calendar addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema

from afluente.tasks.api.shapes import Ids, Shape

BoardName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
Hue = Annotated[int, Field(ge=0, le=23)]
StepKind = Literal["new", "progress", "done"]
Depth = Annotated[int, Field(ge=1, le=6)]


class BoardStepOut(Schema):
    """A step; entering one of the kind done completes a task."""

    id: int
    name: str
    kind: StepKind
    color: int | None


class BoardOut(Schema):
    """A board. `is_first`: tasks that name no board begin there."""

    id: int
    name: str
    color: int
    is_first: bool
    default_assignee_id: int | None
    steps: list[BoardStepOut]


class BoardsOut(Schema):
    items: list[BoardOut]


class StepIn(Shape):
    """`id` is a present step; without it a new one is made. `color` is 1 to 6; null: by its place."""

    id: int | None = None
    name: BoardName
    kind: StepKind = "new"
    color: Depth | None = None


class BoardNew(Shape):
    name: BoardName
    color: Hue = 0
    default_assignee_id: int | None = None
    steps: Annotated[list[StepIn], Field(max_length=50)] = []


class BoardPatch(Shape):
    name: BoardName | None = None
    color: Hue | None = None
    default_assignee_id: int | None = None


class StepsPut(Shape):
    steps: Annotated[list[StepIn], Field(min_length=1, max_length=50)]


class BoardsOrder(Shape):
    board_ids: Ids


Line = Annotated[str, Field(min_length=1, max_length=250)]


class CheckItemOut(Schema):
    """A line of a checklist."""

    id: int
    text: str
    is_done: bool
    done_at: datetime | None
    done_by_id: int | None


class CheckItemsOut(Schema):
    items: list[CheckItemOut]


class ItemsNew(Shape):
    """Lines to add at the end."""

    texts: Annotated[list[Line], Field(min_length=1, max_length=100)]


class ItemPatch(Shape):
    text: Line | None = None
    is_done: bool | None = None


class ItemsOrder(Shape):
    """Lines in their order; those not named come after, as they were."""

    item_ids: Ids


class CalendarOut(Schema):
    """The secret address of the calendar of the token's maker; null while there is none."""

    address: str | None
