"""What goes into the API of pipelines, stages, types and reasons."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Hue = Annotated[int, Field(ge=0, le=23)]
Step = Annotated[int, Field(ge=1, le=6)]


class Body(Schema):
    """A body we accept. A name we do not know is a typing mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class PipelinePatch(Body):
    """Properties of a pipeline; those not named stay."""

    name: Name | None = None
    currency: Annotated[str, Field(min_length=3, max_length=3)] | None = None
    icon: Annotated[str, Field(max_length=40)] | None = None
    color: Hue | None = Field(None, description="A hue of its sign; null: plain.")
    default_assignee_id: Number | None = None
    asks_lost_reason: bool | None = None
    stage_on_new_id: Number | None = Field(None, description="Where a deal goes when a payment begins.")
    stage_on_paid_id: Number | None = Field(None, description="Where it goes when a payment arrives.")
    stage_on_failed_id: Number | None = Field(None, description="Where it goes when a payment fails.")


class PipelineNew(Body):
    """A pipeline, with the stages of a template; without `currency` that of the workspace."""

    name: Name
    currency: Annotated[str, Field(min_length=3, max_length=3)] | None = None
    icon: Annotated[str, Field(max_length=40)] | None = None
    color: Hue | None = None
    kind: Literal["deal", "lead"] = "deal"
    default_assignee_id: Number | None = None
    asks_lost_reason: bool = False
    template: Annotated[str, Field(max_length=40)] = Field("", description="As the settings offer them.")


class StagePatch(Body):
    """What a stage is called, how it looks and what it asks; those not named stay."""

    name: Name | None = None
    color: Step | None = Field(None, description="A step of the ramp; null: by its place. Open stages only.")
    stale_after_days: Annotated[int, Field(ge=1, le=365)] | None = None
    due_hours: Annotated[int, Field(ge=1, le=8_760)] | None = None
    remind_before: int | None = Field(None, description="Minutes, as for deals.")
    probability: Annotated[int, Field(ge=0, le=100)] | None = None
    required: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=50)] | None = Field(
        None, description="amount, due, assignee, person, company, type, field-12."
    )


class StageNew(StagePatch):
    """An open stage."""

    name: Name


class Order(Body):
    """Numbers in the order wanted."""

    ids: Annotated[list[Number], Field(min_length=1, max_length=500)]


class Ending(Schema):
    """Where the deals of what is deleted go."""

    to_stage_id: Number | None = None


class EndingOut(Schema):
    """How many deals went along; `is_running` when a job moves them."""

    moved: int
    is_running: bool


class WordNew(Body):
    name: Annotated[str, Field(min_length=1, max_length=64)]


class WordPatch(Body):
    """Another name, or whether it is offered; what is not named stays."""

    name: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    is_archived: bool | None = None


class WordOut(Schema):
    id: int
    name: str
    position: int
    is_archived: bool


class WordsOut(Schema):
    items: list[WordOut]
