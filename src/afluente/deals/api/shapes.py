"""What goes in and out of the API of deals and pipelines."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

Status = Literal["open", "won", "lost"]

FIELDS = (
    "id", "number", "name", "amount", "currency", "pipeline_id", "stage_id", "assignee_id", "source",
    "source_name", "lost_reason", "created_at", "updated_at", "stage_entered_at", "closed_at",
)  # fmt: skip
# Parameters of the list by the column they ask about, and by the condition that knows what there is.
COLUMNS = {
    "pipeline_id": "pipeline_id",
    "stage_id": "stage_id",
    "assignee_id": "assignee_id",
    "source": "source",
    "status": "stage__kind",
}
ASKED = {"pipeline_id": "pipeline", "stage_id": "stage", "assignee_id": "assignee", "source": "source"}


class DealOut(Schema):
    """A deal. `amount` is an exact decimal, written as a text."""

    id: int
    number: int
    name: str
    amount: str
    currency: str
    status: Status
    pipeline_id: int
    stage_id: int
    assignee_id: int | None
    contact_ids: list[int] = Field(description="The main contact first.")
    source: str
    source_name: str
    lost_reason: str
    created_at: datetime
    updated_at: datetime
    stage_entered_at: datetime
    closed_at: datetime | None


class DealPageOut(Schema):
    """Up to `limit` deals. Pass `next` as `cursor` for the following ones; null at the end."""

    items: list[DealOut]
    next: str | None


class Fault(Schema):
    code: str
    message: str
    field: str | None = None


class DealProblem(Schema):
    error: Fault


class DealQuery(Schema):
    """Which deals. With `updated_since` the longest unchanged come first, else the newest."""

    pipeline_id: int | None = None
    stage_id: int | None = None
    assignee_id: int | None = None
    contact_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    source: Annotated[str, Field(max_length=20)] | None = None
    status: Status | None = None
    updated_since: datetime | None = None
    where: Annotated[
        list[str],
        Field(max_length=20, description="Conditions such as amount.gte:1000; see the page on filters."),
    ] = []
    match: Annotated[Literal["all", "any"], Field(description="Whether all `where` must hold, or one.")] = (
        "all"
    )
    cursor: Annotated[str, Field(max_length=100)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class DealChange(Schema):
    """Fields to set; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    amount: Decimal | str | None = None
    currency: str | None = None
    assignee_id: int | None = None
    lost_reason: Annotated[str, Field(max_length=255)] | None = None


class DealMove(Schema):
    """Where to: a stage of any pipeline; between neighbours, else on top."""

    model_config = ConfigDict(extra="forbid")

    stage_id: int
    after_id: int | None = None
    before_id: int | None = None
    lost_reason: Annotated[str, Field(max_length=255)] = ""


class StageOut(Schema):
    id: int
    name: str
    kind: Status
    position: int


class PipelineOut(Schema):
    id: int
    name: str
    currency: str
    position: int
    stages: list[StageOut]


class PipelinesOut(Schema):
    items: list[PipelineOut]


REFUSALS: dict[int, Any] = {401: DealProblem, 403: DealProblem, 404: DealProblem, 422: DealProblem}
