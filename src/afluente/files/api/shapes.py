"""What a program sends and gets, and who it acts for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema, Status
from pydantic import ConfigDict, Field

from afluente.accounts.models import Membership
from afluente.accounts.requests import token_of
from afluente.files import policies
from afluente.files.events import By
from afluente.files.models import File, Folder
from afluente.kernel.seeking import Sought

Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Record = Literal["contact", "deal"]


class Shape(Schema):
    """A body we accept. A name we do not know is a typing mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class FileOut(Schema):
    id: int
    name: str
    size: int
    media_type: str
    sha256: str
    folder_id: int | None
    created_at: datetime
    uploaded_by_id: int | None


class FilesOut(Schema):
    items: list[FileOut]
    next: str | None


class FolderOut(Schema):
    id: int
    name: str
    parent_id: int | None


class FoldersOut(Schema):
    items: list[FolderOut]


class StatisticsOut(Schema):
    files: int
    folders: int
    used: int = Field(description="Bytes, also of uploads on their way.")
    quota: int
    free: int
    file_limit: int


class Asked(Schema):
    """Filters of the list; all of them hold."""

    cursor: Number | None = None
    q: Sought = Field("", max_length=100, description="A part of the name.")
    folder_id: int | None = Field(None, ge=0, le=2**63 - 1, description="0 for the top.")
    kind: Record | None = Field(None, description="Files of one record, with entity_id.")
    entity_id: Number | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = Field(50, ge=1, le=100)


class FilePatch(Shape):
    name: str | None = Field(None, min_length=1, max_length=1000)
    folder_id: Number | None = Field(None, description="null for the top.")


class FolderNew(Shape):
    name: str = Field(min_length=1, max_length=1000)
    folder_id: Number | None = Field(None, description="Where it is made; null for the top.")


class FolderPatch(Shape):
    """What is to be changed; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=1000)
    folder_id: Number | None = Field(None, description="Where to; null for the top.")


class AttachShape(Shape):
    kind: Record
    entity_id: Number


class PlaceForm(Schema):
    """What comes beside the file. With kind and entity_id the file is attached there."""

    folder_id: Number | None = None
    kind: Record | None = None
    entity_id: Number | None = None


class Refused(Schema):
    error: dict[str, Any]


def by_of(request: HttpRequest) -> By:
    return By("token", token_of(request).pk, token_of(request).name)


def folder_of(member: Membership, number: int | None) -> Folder | None:
    return policies.folders_visible_to(member).filter(pk=number).first() if number else None


def shown(file: File) -> dict[str, Any]:
    return {name: getattr(file, name) for name in FileOut.model_fields}


def refusal(status: int, code: str, message: str, field: str | None = None) -> Status[Any]:
    return Status(status, {"error": {"code": code, "message": message, "field": field}})


def missing(what: str) -> Status[Any]:
    return refusal(404, "not_found", f"There is no such {what}.")
