"""A pipeline's automation as a file, for other programs."""

from __future__ import annotations

import json
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from afluente.accounts.requests import member_of
from afluente.automation import services
from afluente.automation.api.refusing import NOT_ALLOWED, missing, refused
from afluente.automation.api.shapes import Refused, Shape
from afluente.deals import policies

router = Router(tags=["Automation"])
MOST = 500


class AutomationFileOut(Schema):
    format: str
    version: int
    pipeline: str
    stages: list[dict[str, Any]]


class NamedIn(Shape):
    """What is meant by something that the file names: `value` is its number here, None: leave out what names it."""

    kind: str = Field(max_length=20)
    name: str = Field(max_length=300)
    of: str = Field("", max_length=300)
    value: str | None = Field(None, max_length=40)


class AutomationFileIn(Shape):
    """`file` as it was taken out. `stages`: the stage that one of the file goes to, by its name; None: not this one."""

    file: dict[str, Any]
    stages: dict[str, int | None] = Field(default_factory=dict, max_length=100)
    instead: list[NamedIn] = Field(default_factory=list, max_length=MOST)
    mode: Literal["add", "replace"] = "add"


class AutomationFileBroughtOut(Schema):
    """`left_out` are the rules that name what is not here and was said to be left out."""

    rules: int
    triggers: int
    left_out: list[str]


@router.get("/pipelines/{pipeline_id}/automation/file", response={200: AutomationFileOut, 404: Refused})
def read_automation_file(request: HttpRequest, pipeline_id: int) -> Any:
    """The rules and triggers of a pipeline as they are arranged, everything they name by its name."""
    pipeline = policies.pipelines_of(member_of(request)).filter(pk=pipeline_id).first()
    return services.file_of(pipeline) if pipeline else missing("pipeline")


@router.post(
    "/pipelines/{pipeline_id}/automation/file",
    response={200: AutomationFileBroughtOut, 403: Refused, 404: Refused, 422: Refused},
)
def bring_automation_file(request: HttpRequest, pipeline_id: int, payload: AutomationFileIn) -> Any:
    """Arrange the rules of a file, and its triggers switched off. Nothing runs differently until it is published.

    What the file names and is not here is refused with its name, until `instead` says what is meant.
    """
    pipeline = policies.pipelines_of(member_of(request)).filter(pk=pipeline_id).first()
    if pipeline is None:
        return missing("pipeline")
    if not policies.may_configure(member_of(request)):
        return NOT_ALLOWED
    said = {services.Named(one.kind, one.name, one.of): one.value for one in payload.instead}
    try:
        file = services.read_file(json.dumps(payload.file))
        unknown = set(services.unknown_names(pipeline, file))
        brought = services.bring_in(
            pipeline=pipeline,
            file=file,
            places=payload.stages,
            instead={one: value for one, value in said.items() if value},
            is_replacing=payload.mode == "replace",
            leaves_out=unknown <= said.keys(),
        )
    except services.BadFileError as bad:
        return refused(422, "invalid", bad.said, f"file.{bad.place}".rstrip("."))
    except services.UnknownNamesError as lacking:
        names = "; ".join(f"{one.kind} {one.name}" for one in lacking.names[:20])
        return refused(422, "unknown_names", f"Say what is meant by: {names}.", "instead")
    return {"rules": brought.rules, "triggers": brought.triggers, "left_out": brought.left_out}
