"""Imports whose file comes in parts (tus 1.0.0, as /files/uploads), opened by the scopes of contacts."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Status
from pydantic import Field

from afluente.accounts.requests import member_of, token_of
from afluente.files import services as files
from afluente.files.events import By
from afluente.files.views import resuming
from afluente.kernel import text
from afluente.transfer import policies, services
from afluente.transfer.api.shapes import (
    REFUSALS,
    PartedNew,
    PartedOut,
    not_allowed,
    refusal,
)

router = Router(tags=["Imports and exports"])


@router.post("/imports/uploads", response={201: PartedOut, **REFUSALS})
def begin_upload(request: HttpRequest, payload: PartedNew) -> Any:
    """Announce a file that comes in parts: the import that waits for it, and the address of its parts.

    Send the parts there by tus 1.0.0: `PATCH` with `Tus-Resumable: 1.0.0`, `Upload-Offset`, the content
    type `application/offset+octet-stream` and the bytes; `HEAD` says where it stands, `DELETE` gives it
    up. The last part completes the file, and it is read (`reading`, then `draft`).
    """
    member = member_of(request)
    if not policies.may_import(member):
        return not_allowed()
    try:
        given = services.await_file(
            name=text.clean(payload.name, limit=255), size=payload.size, member=member
        )
        upload = files.begin_upload(
            name=payload.name, size=payload.size, member=member, kind=services.KIND, entity_id=given.pk
        )
    except files.FileRefusedError as refused:
        field = "name" if refused.code == "name" else "size"
        return refusal(422, refused.code, str(refused), field)
    address = request.build_absolute_uri(reverse("api:import_upload", args=[upload.token]))
    return Status(201, {"import_id": given.pk, "upload": address, "expires_at": upload.expires_at})


@router.api_operation(
    ["HEAD", "PATCH", "DELETE"],
    "/imports/uploads/{upload_token}",
    url_name="import_upload",
    include_in_schema=False,
)
def go_on(request: HttpRequest, upload_token: Annotated[str, Field(max_length=43)]) -> HttpResponse:
    """One step of an upload."""
    token = token_of(request)
    return resuming.go_on(request, upload_token, member_of(request), By("token", token.pk, token.name))
