"""Handing a long answer over to the event loop: a view that may answer with many bytes says where
they come from, and its thread is free again before the first of them is sent.

The bridge puts a list into the WSGI environment under PLACE. A view that finds it puts its pieces
there and answers with headers only; where there is none, as in tests, it streams by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, StreamingHttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

PLACE = "afluente.pieces"


def hand_over(request: HttpRequest, pieces: Iterator[bytes], *, status: int, size: int) -> HttpResponse:
    """An answer of `size` bytes in all, read piece by piece while it is sent. Add headers to it."""
    place = request.environ.get(PLACE) if hasattr(request, "environ") else None
    response: HttpResponse
    if place is None or request.method == "HEAD":
        body = iter(()) if request.method == "HEAD" else pieces
        response = StreamingHttpResponse(body, status=status)  # type: ignore[assignment]
    else:
        place.append(pieces)
        response = HttpResponse(status=status)
    response["Content-Length"] = str(size)
    return response
