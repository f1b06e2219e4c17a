"""Resumable uploads: the core of tus 1.0.0 with creation, termination and expiration (docs/reference/api.md).

The same functions serve the browser, signed in by its session, and programs with a token.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods

from afluente.files import services
from afluente.files.models import File
from afluente.files.views import asked, store
from afluente.kernel import blobs, htmx

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.accounts.requests import Request
    from afluente.files.events import By
    from afluente.files.models import Upload

VERSION = "1.0.0"
BODY = "application/offset+octet-stream"


@require_http_methods(["POST", "OPTIONS"])
def uploads(request: Request) -> HttpResponse:
    """Begin an upload, or ask what can be done."""
    if request.method == "OPTIONS":
        return abilities()
    return begin(request, request.member, "files:upload")


@require_http_methods(["HEAD", "PATCH", "DELETE", "OPTIONS"])
def upload(request: Request, token: str) -> HttpResponse:
    """Ask where an upload stands, go on with it, or give it up."""
    if request.method == "OPTIONS":
        return abilities()
    answer = go_on(request, token, request.member, asked.who(request))
    if request.method == "DELETE" and htmx.wants_fragment(request):
        return store.shown(request, None)
    return answer


def abilities() -> HttpResponse:
    answer = _answer(204)
    answer["Tus-Version"] = VERSION
    answer["Tus-Extension"] = "creation,termination,expiration"
    answer["Tus-Max-Size"] = str(settings.FILE_LIMIT)
    return answer


def begin(request: HttpRequest, member: Membership, name: str) -> HttpResponse:
    """Make an upload and say its address, made from the URL called `name`."""
    size = asked.number(request.headers.get("Upload-Length"))
    if request.headers.get("Tus-Resumable") != VERSION:
        return _refused(412, "Tus-Resumable must be 1.0.0.")
    if size is None:
        return _refused(400, "Upload-Length must be a number.")
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    kind, entity_id = asked.record_asked(member, told.get("kind", ""), told.get("entity_id"))
    asked.may_bring(member, kind)
    folder = asked.folder_asked(member, told.get("folder"))
    try:
        made = services.begin_upload(
            name=told.get("filename") or told.get("name") or "",
            size=size,
            member=member,
            folder=folder,
            kind=kind,
            entity_id=entity_id,
        )
    except services.FileRefusedError as refused:
        return _refused(
            413 if refused.code in {"too_large", "store_full"} else 422, str(refused), refused.code
        )
    answer = _answer(201, made)
    answer["Location"] = request.build_absolute_uri(reverse(name, args=[made.token]))
    return answer


def go_on(request: HttpRequest, token: str, member: Membership, by: By) -> HttpResponse:
    """One step of an upload of `member`. Raises Http404 when there is none (any more)."""
    if request.headers.get("Tus-Resumable") != VERSION:
        return _refused(412, "Tus-Resumable must be 1.0.0.")
    try:
        if request.method == "PATCH":
            return _take(request, token, member, by)
        found = services.locked(token=token, member=member)
    except services.UploadGoneError as gone:
        raise Http404 from gone
    if request.method == "DELETE":
        if found.file.state == File.State.READY:
            raise Http404
        services.cancel_upload(upload=found)
        return _answer(204)
    if found.file.state == File.State.REFUSED:
        return _refused(422, found.file.reason, "program")
    answer = _answer(200, found)
    answer["Upload-Length"] = str(found.file.size)
    answer["Cache-Control"] = "no-store"
    return answer


def _take(request: HttpRequest, token: str, member: Membership, by: By) -> HttpResponse:
    offset = asked.number(request.headers.get("Upload-Offset"))
    if request.headers.get("Content-Type", "").partition(";")[0] != BODY:
        return _refused(415, f"Content-Type must be {BODY}.")
    if offset is None:
        return _refused(400, "Upload-Offset must be a number.")
    body, size = _body(request)
    try:
        found = services.take_part(token=token, offset=offset, body=body, size=size, member=member, by=by)
    except services.OffsetMismatchError as elsewhere:
        answer = _refused(409, f"The upload stands at {elsewhere}.", "offset")
        answer["Upload-Offset"] = str(elsewhere)
        return answer
    except services.FileRefusedError as refused:
        return _refused(422, str(refused), refused.code)
    except blobs.BlobError:
        return _refused(503, "The store does not answer. Go on in a moment.", "store_away")
    return _answer(204, found)


def _body(request: HttpRequest) -> tuple[Any, int]:
    """The body as a file that can be read again from its beginning, and its size."""
    stream = request.environ.get("wsgi.input") if hasattr(request, "environ") else None
    size = asked.number(request.META.get("CONTENT_LENGTH")) or 0
    if stream is not None and hasattr(stream, "seek"):
        return stream, size
    import io  # noqa: PLC0415  only where no bridge stands in front: in tests

    data = request.body
    return io.BytesIO(data), len(data)


def _metadata(text: str) -> dict[str, str]:
    """`filename d29ybGQ=,folder MTI=` as a dictionary; what cannot be read is left out."""
    found = {}
    for pair in text.split(",")[:20]:
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
    return found


def _answer(status: int, found: Upload | None = None) -> HttpResponse:
    answer = HttpResponse(status=status)
    answer["Tus-Resumable"] = VERSION
    if found is not None:
        answer["Upload-Offset"] = str(found.offset)
        answer["Upload-Expires"] = http_date(found.expires_at.timestamp())
    return answer


def _refused(status: int, message: str, code: str = "invalid") -> HttpResponse:
    """The sentence is the whole body, as clients of the protocol show it."""
    answer = HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
    answer["Tus-Resumable"] = VERSION
    answer["X-Refusal"] = code
    return answer
