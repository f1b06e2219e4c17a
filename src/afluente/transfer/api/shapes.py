"""What the API of imports and exports takes and answers with, and who acts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema, Status
from pydantic import ConfigDict, Field, model_validator

Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Brought = Literal["contacts", "deals", "tasks", "products"]
Outcome = Literal["created", "updated", "skipped", "failed"]


class Shape(Schema):
    """A body we accept. A name we do not know is a typing mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class Paged(Schema):
    cursor: Number | None = None
    limit: int = Field(50, ge=1, le=100)


class RowsAsked(Paged):
    outcome: Outcome | None = None


class ReadingShape(Shape):
    """How the file is read; what is left out stays."""

    encoding: (
        Literal[
            "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp1250", "cp1251", "iso8859-2", "latin-1"
        ]
        | None
    ) = None
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    quote: Literal['"', "'"] | None = None
    decimal: Literal[",", "."] | None = None
    order: Literal["dmy", "mdy", "ymd"] | None = Field(None, description="Of the parts of a date.")
    has_header: bool | None = None
    sheet: str | None = Field(None, max_length=200)


class ColumnsShape(Shape):
    """What the columns mean and what happens to people who are known; what is left out stays."""

    columns: dict[str, Annotated[str, Field(max_length=60)]] = Field(
        {},
        max_length=200,
        description="Header → code of GET /imports/targets; an empty text leaves the column out.",
    )
    match: Literal["any", "email", "phone", "external", "number", "none"] | None = Field(
        None, description="By what known contacts are found."
    )
    policy: Literal["update", "fill", "skip"] | None = Field(None, description="For what is known.")
    tags: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        [], max_length=20, description="For everybody; new ones are made."
    )
    assignee_id: Number | None = Field(None, description="Responsible for what is new.")
    stage_id: Number | None = Field(None, description="Of deals: the stage of rows that name none.")
    step_id: Number | None = Field(None, description="Of tasks, the same.")
    begins_rules: bool | None = Field(None, description="Of deals: whether rules act on them.")
    consent_basis: Annotated[str, Field(max_length=300)] | None = Field(
        None, description="Of contacts: where and when they agreed, when a column says so."
    )


class FixShape(Shape):
    column: str = Field(max_length=120, description="The header.")
    value: str = Field(min_length=1, max_length=2000, description="As the file has it.")
    act: Literal["to", "clear", "skip"] = Field(
        description="Put `to` in its place, leave the cell empty, or leave the rows out."
    )
    to: str = Field("", max_length=500)

    @model_validator(mode="after")
    def _says_what(self) -> FixShape:
        if self.act == "to" and not self.to.strip():
            raise ValueError("Say what is to stand there, in `to`.")
        return self


class FixesShape(Shape):
    fixes: list[FixShape] = Field(min_length=1, max_length=500)


class PartedNew(Shape):
    """A file that will come in parts."""

    name: str = Field(min_length=1, max_length=1000)
    size: int = Field(ge=0, le=2**53, description="In bytes, of the whole file.")


class PartedOut(Schema):
    import_id: int
    upload: str = Field(description="Where the parts go.")
    expires_at: datetime = Field(description="It waits until then for its next part.")


class TargetOut(Schema):
    code: str
    label: str
    group: str


class TargetsOut(Schema):
    items: list[TargetOut]


class ColumnOut(Schema):
    header: str
    target: str = Field(description="What it means; empty: left out.")
    sample: list[str]


class CountsOut(Schema):
    created: int
    updated: int
    skipped: int
    failed: int


class ResultOut(CountsOut):
    undone: int
    kept: int = Field(description="Not taken back by undo: somebody changed them since.")


class BadOut(Schema):
    column: str
    value: str
    count: int
    reason: str
    is_fatal: bool = Field(description="Its rows fail unless it is fixed.")


class ImportOut(Schema):
    id: int
    about: str
    name: str
    state: str = Field(
        description="reading, draft, checking, checked, running, paused, cancelled, done, failed, undoing, undone"
    )
    reason: str
    layout: str = Field(description="The system whose export it is, if known.")
    reading: dict[str, Any]
    columns: list[ColumnOut]
    match: str
    policy: str
    assignee_id: int | None
    total: int = Field(description="Rows; 0 until they were looked at.")
    done: int = Field(description="Rows that are through.")
    preview: CountsOut | None = Field(description="What would become of the rows; null until that is known.")
    bad_values: list[BadOut]
    result: ResultOut
    has_errors: bool = Field(description="Whether GET /imports/{id}/errors has a file.")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class ImportsOut(Schema):
    items: list[ImportOut]
    next: str | None


class RowOut(Schema):
    id: int
    number: int
    outcome: str
    contact_id: int | None
    record_id: int | None = Field(description="The deal, in an import of deals.")
    reason: str
    undone: str
    note: str


class RowsOut(Schema):
    items: list[RowOut]
    next: str | None


class ExportColumnOut(Schema):
    key: str
    label: str


class ExportColumnsOut(Schema):
    items: list[ExportColumnOut]


class ExportOut(Schema):
    id: int
    about: str
    name: str
    format: str
    state: str = Field(description="waiting, running, ready, failed, gone")
    reason: str
    columns: list[str]
    total: int
    position: int = Field(description="Records in the file so far.")
    created_at: datetime
    ended_at: datetime | None
    expires_at: datetime | None


class ExportsOut(Schema):
    items: list[ExportOut]
    next: str | None


class Refused(Schema):
    error: dict[str, Any]


REFUSALS: dict[int, Any] = {403: Refused, 404: Refused, 422: Refused}


def refusal(status: int, code: str, message: str, field: str | None = None) -> Status[Any]:
    """A refusal in the shape all refusals have."""
    return Status(status, {"error": {"code": code, "message": message, "field": field}})


def not_allowed() -> Status[Any]:
    return refusal(403, "not_allowed", "Whoever made this token may not do that.")


def missing(what: str) -> Status[Any]:
    return refusal(404, "not_found", f"There is no such {what}.")
