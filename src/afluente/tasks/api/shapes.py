"""What goes in and out of the API of tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from afluente.tasks import services

Title = Annotated[str, Field(min_length=1, max_length=120)]
Words = Annotated[str, Field(max_length=services.LONGEST)]
Ids = Annotated[list[int], Field(max_length=100)]
Tags = Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=100)]
Attributes = Annotated[
    dict[str, Any], Field(max_length=200, description="Values by the number or name of a field.")
]
Kind = Literal["contact", "deal", "company"]
PRIORITIES = {"low": 1, "medium": 2, "high": 3}
Level = Literal["low", "medium", "high"]
KindOf = Literal["task", "call", "meeting"]
Place = Annotated[str, Field(max_length=250)]
Phone = Annotated[str, Field(max_length=40)]
RepeatRule = Annotated[
    str, Field(max_length=200, description="A rule of RFC 5545, such as `FREQ=WEEKLY;BYDAY=MO`; empty: once.")
]
Minutes = Annotated[int, Field(ge=0, le=10_080)]


class Shape(Schema):
    model_config = ConfigDict(extra="forbid")


class TaskFieldOut(Schema):
    """What a task has in a field of its board, or of all."""

    id: int
    name: str
    kind: str
    value: Any


class TaskOut(Schema):
    """A task. With `due_is_day` only the day was named; `due_at` is then its last second."""

    id: int
    kind: KindOf
    title: str
    description: str
    place: str
    phone: str
    repeat: str
    remind_before: int | None = Field(description="Minutes; null: nobody is reminded.")
    parent_id: int | None
    board_id: int
    step_id: int
    step: str
    is_done: bool
    priority: Level
    assignee_id: int | None
    created_by_id: int | None
    observer_ids: list[int]
    attributes: list[TaskFieldOut] = Field(description="The fields of the board, and those of all.")
    tags: list[str]
    contact_ids: list[int] = Field(description="As far as the token's maker sees them; the same of deals.")
    deal_ids: list[int]
    company_ids: list[int]
    start_at: datetime | None
    due_at: datetime | None
    due_is_day: bool
    created_at: datetime
    updated_at: datetime
    done_at: datetime | None


class TasksOut(Schema):
    """Up to `limit` tasks. Pass `next` as `cursor` for the following ones; null at the end."""

    items: list[TaskOut]
    next: str | None


class TaskQuery(Schema):
    """Which tasks, newest first."""

    status: Literal["open", "done", "overdue"] | None = None
    assignee_id: int | None = Field(None, ge=0, description="A member; 0 for nobody.")
    contact_id: int | None = None
    deal_id: int | None = None
    company_id: int | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    updated_since: datetime | None = None
    cursor: Annotated[str, Field(max_length=20, pattern=r"^[0-9]{0,18}$")] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class TaskNew(Shape):
    """A task. Tags are made when they are new."""

    title: Title
    kind: KindOf = "task"
    description: Words = ""
    place: Place = ""
    phone: Phone = ""
    repeat: RepeatRule = ""
    remind_before: Minutes | None = None
    parent_id: int | None = None
    step_id: int | None = None
    priority: Level = "medium"
    assignee_id: int | None = None
    observer_ids: Ids = []
    attributes: Attributes = {}
    tags: Tags = []
    contact_ids: Ids = []
    deal_ids: Ids = []
    company_ids: Ids = []
    start_at: datetime | None = None
    due_at: datetime | None = None


class TaskPatch(Shape):
    """Fields to set; what is not named stays. Lists are replaced whole; null takes a value away."""

    title: Title | None = None
    kind: KindOf | None = None
    description: Words | None = None
    place: Place | None = None
    phone: Phone | None = None
    repeat: RepeatRule | None = None
    remind_before: Minutes | None = None
    parent_id: int | None = None
    step_id: int | None = None
    priority: Level | None = None
    assignee_id: int | None = None
    observer_ids: Ids | None = None
    attributes: Attributes | None = None
    tags: Tags | None = None
    start_at: datetime | None = None
    due_at: datetime | None = None


class LinkNew(Shape):
    """What a task is about, besides what it is about already."""

    kind: Kind
    record_id: int


class Refused(Schema):
    error: dict[str, Any]
