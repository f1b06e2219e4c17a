"""Folders, room and resumable uploads for other programs."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status
from pydantic import Field

from afluente.accounts.requests import member_of
from afluente.files import policies, selectors, services
from afluente.files.api.shapes import (
    FolderNew,
    FolderOut,
    FolderPatch,
    FoldersOut,
    Number,
    Refused,
    StatisticsOut,
    by_of,
    folder_of,
    missing,
    refusal,
)
from afluente.files.views import resuming

router = Router(tags=["Files"])


@router.get("/files/statistics", response=StatisticsOut)
def statistics(request: HttpRequest) -> Any:
    """How much is kept and how much may be."""
    room = selectors.room()
    return {
        "files": room.files,
        "folders": room.folders,
        "used": room.used,
        "quota": room.quota,
        "free": room.free,
        "file_limit": selectors.file_limit(),
    }


@router.get("/files/folders", response=FoldersOut)
def list_folders(request: HttpRequest) -> Any:
    """The whole tree, parents named by id."""
    found = policies.folders_visible_to(member_of(request)).order_by("pk")
    return {"items": list(found.values("id", "name", "parent_id"))}


@router.post("/files/folders", response={201: FolderOut, 403: Refused, 404: Refused, 422: Refused})
def create_folder(request: HttpRequest, payload: FolderNew) -> Any:
    """Make a folder."""
    member = member_of(request)
    if not policies.may_bring(member):
        return refusal(403, "not_allowed", "The token's maker may not add to the store.")
    parent = folder_of(member, payload.folder_id)
    if payload.folder_id and parent is None:
        return missing("folder")
    try:
        made = services.create_folder(name=payload.name, parent=parent, member=member)
    except services.FileRefusedError as refused:
        return refusal(422, refused.code, str(refused), "name")
    return Status(201, {"id": made.pk, "name": made.name, "parent_id": made.parent_id})


@router.patch("/files/folders/{folder_id}", response={200: FolderOut, 404: Refused, 422: Refused})
def change_folder(request: HttpRequest, folder_id: Number, payload: FolderPatch) -> Any:
    """Rename or move a folder with all that is in it; what is left out stays."""
    member = member_of(request)
    found = policies.folders_changeable_by(member).filter(pk=folder_id).first()
    if found is None:
        return missing("folder")
    try:
        if "folder_id" in payload.model_fields_set:
            to = folder_of(member, payload.folder_id)
            if payload.folder_id and to is None:
                return refusal(422, "invalid", "There is no such folder.", "folder_id")
            found = services.move_folder(folder=found, to=to)
        if payload.name is not None:
            found = services.rename_folder(folder=found, name=payload.name)
    except services.FileRefusedError as refused:
        return refusal(422, refused.code, str(refused), "name" if payload.name else "folder_id")
    return {"id": found.pk, "name": found.name, "parent_id": found.parent_id}


@router.post("/files/folders/{folder_id}/restoration", response={200: FolderOut, 404: Refused, 422: Refused})
def restore_folder(request: HttpRequest, folder_id: Number) -> Any:
    """Bring a deleted folder back with what went with it, for a day after it was deleted."""
    found = policies.folders_restorable_by(member_of(request)).filter(pk=folder_id).first()
    if found is None:
        return missing("folder")
    try:
        services.restore_folder(folder=found)
    except services.FileRefusedError as refused:
        return refusal(422, refused.code, str(refused), "name")
    return {"id": found.pk, "name": found.name, "parent_id": found.parent_id}


@router.delete("/files/folders/{folder_id}", response={204: None, 404: Refused})
def delete_folder(request: HttpRequest, folder_id: Number) -> Any:
    """Delete a folder with all that is in it."""
    found = policies.folders_changeable_by(member_of(request)).filter(pk=folder_id).first()
    if found is None:
        return missing("folder")
    services.delete_folder(folder=found)
    return Status(204, None)


@router.api_operation(["POST", "OPTIONS"], "/files/uploads", include_in_schema=False)
def uploads(request: HttpRequest) -> HttpResponse:
    """Begin a resumable upload (tus 1.0.0)."""
    if request.method == "OPTIONS":
        return resuming.abilities()
    return resuming.begin(request, member_of(request), "api:upload")


@router.api_operation(
    ["HEAD", "PATCH", "DELETE"], "/files/uploads/{upload_token}", include_in_schema=False, url_name="upload"
)
def upload(request: HttpRequest, upload_token: Annotated[str, Field(max_length=43)]) -> HttpResponse:
    """One step of a resumable upload."""
    return resuming.go_on(request, upload_token, member_of(request), by_of(request))
