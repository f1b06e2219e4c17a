"""What the API of exports takes, once or again and again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, model_validator

from afluente.transfer.api.shapes import Number, Shape

Numbers = Annotated[list[Number] | None, Field(min_length=1, max_length=20_000)]
About = Literal["contacts", "audience-meta", "audience-google", "deals", "tasks", "products", "documents"]
AUDIENCES = ("audience-meta", "audience-google")  # made of contacts


class ExportNew(Shape):
    """What: numbers of what it is `about`, or a filter as `query`, else all that the token's maker may take out."""

    about: About = "contacts"
    format: Literal["csv", "xlsx", "vcf"] = "csv"
    columns: list[Annotated[str, Field(max_length=60)]] | None = Field(
        None, max_length=300, description="Keys of GET /exports/columns, in this order; not asked for vcf."
    )
    contact_ids: Numbers = None
    deal_ids: Numbers = None
    task_ids: Numbers = None
    product_ids: Numbers = None
    document_ids: Numbers = None
    query: str | None = Field(None, max_length=8000, description="As behind the ? of the list: q=silva")

    @property
    def ids(self) -> list[int] | None:
        return self._numbers[self._records]

    @property
    def _records(self) -> str:
        return "contacts" if self.about in AUDIENCES else self.about

    @property
    def _numbers(self) -> dict[str, list[int] | None]:
        return {
            "contacts": self.contact_ids,
            "deals": self.deal_ids,
            "tasks": self.task_ids,
            "products": self.product_ids,
            "documents": self.document_ids,
        }

    @model_validator(mode="after")
    def _says_who_once(self) -> ExportNew:
        if self.ids is not None and self.query is not None:
            raise ValueError("Give numbers or a query, not both.")
        if any(one and about != self._records for about, one in self._numbers.items()):
            raise ValueError("These numbers are of something else: see about.")
        return self


class ScheduleChange(Shape):
    """What of an automatic export changes."""

    name: str = Field("", min_length=1, max_length=100)
    filter_id: Number | None = Field(None, description="A kept filter of such records; null is all of them.")
    columns: list[Annotated[str, Field(max_length=60)]] = Field(
        [], max_length=300, description="Keys of GET /exports/columns, in this order."
    )
    format: Literal["csv", "xlsx", "vcf"] = "csv"
    every: Literal["day", "week"] = "day"
    weekday: int = Field(0, ge=0, le=6, description="Monday is 0; counts when it is every week.")
    hour: int = Field(6, ge=0, le=23, description="Of the workspace's clock.")


class ScheduleNew(ScheduleChange):
    """An automatic export; without `columns` those of the screen."""

    about: About = "contacts"
    name: str = Field(min_length=1, max_length=100)
    columns: list[Annotated[str, Field(max_length=60)]] | None = Field(None, max_length=300)  # type: ignore[assignment]


class ScheduleOut(Schema):
    id: int
    about: str
    name: str
    filter_id: int | None
    columns: list[str]
    format: str
    every: str
    weekday: int
    hour: int
    is_on: bool
    reason: str = Field(description="Why it stopped.")
    member_id: int | None = Field(description="Whose right to export counts.")
    created_at: datetime
    due_at: datetime
    last_at: datetime | None


class SchedulesOut(Schema):
    items: list[ScheduleOut]
    next: str | None
