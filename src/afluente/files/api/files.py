"""Files for other programs (docs/reference/api.md). A token sees what its maker sees."""

from __future__ import annotations

from typing import IO, Any, cast

from django.http import HttpRequest
from ninja import File as Part
from ninja import Form, Query, Router, Status, UploadedFile

from afluente.accounts.models import Membership
from afluente.accounts.requests import member_of
from afluente.files import policies, selectors, services
from afluente.files.api.shapes import (
    Asked,
    AttachShape,
    FileOut,
    FilePatch,
    FilesOut,
    Number,
    PlaceForm,
    Refused,
    by_of,
    folder_of,
    missing,
    refusal,
    shown,
)
from afluente.files.models import Attachment, File
from afluente.files.views import asked, serving
from afluente.kernel import blobs, text

router = Router(tags=["Files"])


@router.get("/files", response={200: FilesOut, 404: Refused, 422: Refused})
def list_files(request: HttpRequest, wanted: Query[Asked]) -> Any:
    """Files, newest first."""
    member = member_of(request)
    found = policies.visible_to(member)
    if refused := _unfit(member, wanted):
        return refused
    if wanted.kind:
        if not policies.is_visible(member, wanted.kind, wanted.entity_id or 0):
            return missing("record")
        links = Attachment.objects.filter(kind=wanted.kind, entity_id=wanted.entity_id or 0)
        found = File.objects.filter(state=File.State.READY, pk__in=links.values("file_id"))
    if wanted.q:
        found = found.filter(name__icontains=text.clean(wanted.q, limit=100))
    if wanted.folder_id is not None:
        found = found.filter(folder_id=wanted.folder_id) if wanted.folder_id else found.filter(folder=None)
    if wanted.since:
        found = found.filter(created_at__gte=wanted.since)
    if wanted.until:
        found = found.filter(created_at__lt=wanted.until)
    items, following = selectors.api_files(files=found, before=wanted.cursor, limit=wanted.limit)
    return {"items": items, "next": following}


def _unfit(member: Membership, wanted: Asked) -> Any:
    """A question that nothing could fit, for no reason said."""
    if (wanted.kind is None) != (wanted.entity_id is None):
        lacking = "entity_id" if wanted.kind else "kind"
        return refusal(422, "invalid", "Send kind and entity_id together.", lacking)
    if wanted.folder_id and folder_of(member, wanted.folder_id) is None:
        return refusal(422, "invalid", "There is no such folder.", "folder_id")
    return None


@router.post("/files", response={201: FileOut, 403: Refused, 404: Refused, 422: Refused, 503: Refused})
def upload_file(request: HttpRequest, file: Part[UploadedFile], place: Form[PlaceForm]) -> Any:
    """Bring a file in one piece. For large files and bad connections there is /files/uploads."""
    member = member_of(request)
    kind, entity_id = place.kind or "", place.entity_id
    if kind and not policies.is_editable(member, kind, entity_id or 0):
        return missing("record")
    if not kind and not policies.may_bring(member):
        return refusal(403, "not_allowed", "The token's maker may not add files to the store.")
    folder = folder_of(member, place.folder_id)
    if place.folder_id and folder is None:
        return missing("folder")
    try:
        kept = services.keep_file(
            name=file.name or "",
            body=cast("IO[bytes]", file.file),
            size=file.size or 0,
            member=member,
            by=by_of(request),
            folder=folder,
            kind=kind,
            entity_id=entity_id,
        )
    except services.FileRefusedError as refused:
        return refusal(422, refused.code, str(refused), "file")
    except blobs.BlobError:
        return refusal(503, "store_away", "The store does not answer. Try again in a moment.")
    return Status(201, shown(kept))


@router.get("/files/{file_id}", response={200: FileOut, 404: Refused})
def read_file(request: HttpRequest, file_id: Number) -> Any:
    """What a file is."""
    found = policies.visible_to(member_of(request)).filter(pk=file_id).first()
    return shown(found) if found else missing("file")


@router.get("/files/{file_id}/content", include_in_schema=False)
def download(request: HttpRequest, file_id: Number) -> Any:
    """The bytes of a file; `Range` names a part of them."""
    found = policies.visible_to(member_of(request)).filter(pk=file_id).first()
    return serving.send(request, found) if found else asked.nothing(404)


@router.patch("/files/{file_id}", response={200: FileOut, 404: Refused, 422: Refused})
def change_file(request: HttpRequest, file_id: Number, payload: FilePatch) -> Any:
    """Rename or move a file; what is left out stays."""
    member = member_of(request)
    found = policies.changeable_by(member).filter(pk=file_id).first()
    if found is None:
        return missing("file")
    if "folder_id" in payload.model_fields_set:
        folder = folder_of(member, payload.folder_id)
        if payload.folder_id and folder is None:
            return missing("folder")
        services.move_files(files=[found], to=folder)
        found.folder = folder
    try:
        if payload.name is not None:
            services.rename_file(file=found, name=payload.name)
    except services.FileRefusedError as refused:
        return refusal(422, refused.code, str(refused), "name")
    return shown(found)


@router.delete("/files/{file_id}", response={204: None, 404: Refused})
def delete_file(request: HttpRequest, file_id: Number) -> Any:
    """Delete a file from the store and from every record."""
    found = policies.changeable_by(member_of(request)).filter(pk=file_id).first()
    if found is None:
        return missing("file")
    services.delete_files(files=[found], by=by_of(request))
    return Status(204, None)


@router.post("/files/{file_id}/restoration", response={200: FileOut, 404: Refused})
def restore_file(request: HttpRequest, file_id: Number) -> Any:
    """Bring a deleted file back to the records it was with, for a day after it was deleted."""
    found = policies.restorable_by(member_of(request)).filter(pk=file_id).first()
    if found is None:
        return missing("file")
    services.restore_files(files=[found])
    return shown(policies.visible_to(member_of(request)).get(pk=file_id))


@router.post("/files/{file_id}/attachments", response={204: None, 404: Refused})
def attach(request: HttpRequest, file_id: Number, payload: AttachShape) -> Any:
    """Attach a file to a record. Twice is once."""
    found, refused = _attachable(request, file_id, payload)
    if found is None:
        return refused
    services.attach_file(
        file=found,
        kind=payload.kind,
        entity_id=payload.entity_id,
        member=member_of(request),
        by=by_of(request),
    )
    return Status(204, None)


@router.delete("/files/{file_id}/attachments", response={204: None, 404: Refused})
def detach(request: HttpRequest, file_id: Number, where: Query[AttachShape]) -> Any:
    """Take a file off a record; it stays in the store."""
    found, refused = _attachable(request, file_id, where)
    if found is None:
        return refused
    services.detach_file(file=found, kind=where.kind, entity_id=where.entity_id, by=by_of(request))
    return Status(204, None)


def _attachable(request: HttpRequest, file_id: int, where: AttachShape) -> tuple[File | None, Any]:
    member = member_of(request)
    if not policies.is_editable(member, where.kind, where.entity_id):
        return None, missing("record")
    found = policies.visible_to(member).filter(pk=file_id).first()
    return found, None if found else missing("file")
