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
    "company_id", "type_id", "due_at", "is_due_day", "remind_before",
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
    company_id: int | None
    type_id: int | None
    due_at: datetime | None = Field(description="For a day without a time, its last second.")
    is_due_day: bool
    remind_before: int | None = Field(description="Minutes before `due_at`.")
    attributes: list[DealAttributeOut] = Field(description="The fields of the pipeline, and those of all.")


class DealAttributeOut(Schema):
    """What a deal has in a field; lists of choices by their words."""

    id: int
    name: str
    kind: str
    value: Any


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
    company_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    type_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    due_at: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="A day, 2031-01-31, or a moment with its offset; null: never."
    )
    remind_before: int | None = Field(
        None, description="Minutes before it is due: 15, 30, 60, 120, 180, 360, 720, 1440 … 10080."
    )
    attributes: dict[str, Any] | None = Field(None, description="Values by the number or name of a field.")


class LeadConversion(Schema):
    """What a lead becomes. Without `contact_id` the one that fits `person`, else the lead's own."""

    model_config = ConfigDict(extra="forbid")

    contact_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    person: PersonNew | None = None
    company_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    company: Annotated[str, Field(max_length=120)] = Field(
        "", description="By its name; made if there is none."
    )
    stage_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = Field(
        None, description="An open stage of a pipeline of deals; null: no deal is opened."
    )
    name: Annotated[str, Field(max_length=255)] = ""
    amount: Decimal | str | None = None


class PersonNew(Schema):
    """Somebody by name and address."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=300)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=50)] = ""


class ConversionOut(Schema):
    """What a lead became."""

    lead_id: int
    deal_id: int | None
    contact_id: int | None
    company_id: int | None


class DealMove(Schema):
    """Where to: a stage of any pipeline; between neighbours, else on top."""

    model_config = ConfigDict(extra="forbid")

    stage_id: int
    after_id: int | None = None
    before_id: int | None = None
    lost_reason: Annotated[str, Field(max_length=255)] = ""
    seen_stage_id: int | None = Field(
        None,
        description="Where the deal stood when you read it. Nothing moves when somebody else has moved it since.",
    )


class StageOut(Schema):
    id: int
    name: str
    kind: Status
    color: int | None = Field(description="A step of the ramp from 1 to 6; null: by its place.")
    position: int
    probability: int | None
    due_hours: int | None
    remind_before: int | None
    stale_after_days: int | None
    required: list[str] = Field(description="What a deal must have before a person moves it here.")


class PipelineOut(Schema):
    id: int
    name: str
    currency: str
    icon: str
    kind: Literal["deal", "lead"]
    color: int | None
    default_assignee_id: int | None
    asks_lost_reason: bool
    stage_on_new_id: int | None
    stage_on_paid_id: int | None
    stage_on_failed_id: int | None
    position: int
    stages: list[StageOut]


class PipelinesOut(Schema):
    items: list[PipelineOut]


REFUSALS: dict[int, Any] = {401: DealProblem, 403: DealProblem, 404: DealProblem, 422: DealProblem}
