"""Bytes on their way out (S-10): what a stranger sent is only ever downloaded, what is shown we drew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from afluente.files.views import asked
from afluente.kernel import blobs
from afluente.kernel.handing import hand_over

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from afluente.accounts.requests import Request
    from afluente.files.models import File

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@require_safe
def content(request: Request, pk: int) -> HttpResponse:
    """Download a file, whole or the part that `Range` names."""
    return send(request, asked.file_seen(request.member, pk))


@require_safe
def thumb(request: Request, pk: int) -> HttpResponse:
    """The small picture."""
    file = asked.file_seen(request.member, pk)
    return _picture(request, file.thumb_key, file.thumb_size)


@require_safe
def preview(request: Request, pk: int) -> HttpResponse:
    """The large picture: of a document its first page."""
    file = asked.file_seen(request.member, pk)
    return _picture(request, file.preview_key, file.preview_size)


def send(request: HttpRequest, file: File) -> HttpResponse:
    """The bytes of a file that the caller has found through its policy, as a download."""
    span = _span(request.headers.get("Range", ""), file.size)
    if request.headers.get("If-Range") not in {None, _tag(file)}:
        span = (0, file.size)
    if span is None:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{file.size}"
        return _guarded(refused)
    start, size = span
    is_part = size != file.size
    answer = _sent(request, file.key, start=start, size=size, status=206 if is_part else 200)
    answer["Content-Type"] = "application/octet-stream"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name) or ""
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = _tag(file)
    if is_part:
        answer["Content-Range"] = f"bytes {start}-{start + size - 1}/{file.size}"
    return answer


def send_text(request: HttpRequest, name: str, body: bytes) -> HttpResponse:
    """A download that was written for whoever asks."""
    answer = _guarded(hand_over(request, iter([body]), status=200, size=len(body)))
    answer["Content-Type"] = "application/octet-stream"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer


def _picture(request: HttpRequest, key: str, size: int) -> HttpResponse:
    if not key:
        raise Http404
    answer = _sent(request, key, start=0, size=size, status=200)
    answer["Content-Type"] = "image/webp"
    answer["Cache-Control"] = "private, max-age=300"
    return answer


def _sent(request: HttpRequest, key: str, *, start: int, size: int, status: int) -> HttpResponse:
    try:
        pieces: Iterator[bytes] = iter(())
        if request.method != "HEAD":
            pieces = blobs.storage().read(key, start=start, size=size)
    except blobs.MissingBlobError as missing:
        raise Http404 from missing
    except blobs.BlobError:
        away = HttpResponse("The store of files does not answer. Try again in a moment.", status=503)
        away["Retry-After"] = "5"
        return away
    return _guarded(hand_over(request, pieces, status=status, size=size))


def _guarded(answer: HttpResponse) -> HttpResponse:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _tag(file: File) -> str:
    return f'"{file.sha256}"'


def _span(asked_for: str, whole: int) -> tuple[int, int] | None:
    """Start and size of what is wanted; None for a range outside the file. Several ranges are none."""
    match = _RANGE.fullmatch(asked_for.strip())
    if match is None or match.groups() == ("", ""):
        return 0, whole
    first, last = match.groups()
    if not first:
        size = min(int(last), whole)
        return (whole - size, size) if size else None
    start = int(first)
    if start >= whole or (last and int(last) < start):
        return None
    return start, (min(int(last), whole - 1) if last else whole - 1) - start + 1
