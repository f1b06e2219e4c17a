"""Reading what changed only, and changing only what one has read: ETag, If-None-Match, If-Match."""

from __future__ import annotations

import copy
import hashlib
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import resolve

from afluente.config.answers import problem
from afluente.kernel.workspace import lock_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

CONDITIONAL = ("PATCH", "DELETE")


def read(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with its tag; 304 without a body when the caller has it already."""
    if response.status_code != 200 or response.streaming or not _is_json(response):
        return response
    tag = _tag(response.content)
    if tag in _listed(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    response["ETag"] = tag
    return response


def write(request: HttpRequest, call: Callable[[], HttpResponse]) -> HttpResponse:
    """Call, unless `If-Match` names another state of the record than the present one: then 412.

    The present state is what a GET of the same address answers. Conditional writers of one address wait
    for each other, so that the second one sees what the first one did.
    """
    wanted = request.headers.get("If-Match", "")
    if wanted and wanted.strip() != "*" and request.method in CONDITIONAL:
        lock_name(f"etag:{request.path_info}")
        present = _present(request)
        if present.status_code == 200 and _tag(present.content) not in _listed(wanted):
            return problem(
                412, "changed_meanwhile", "It has changed since you read it. Read it again.", "If-Match"
            )
    response = call()
    if response.status_code == 200 and request.method == "PATCH" and _is_json(response):
        response["ETag"] = _tag(response.content)
    return response


def _present(request: HttpRequest) -> HttpResponse:
    """What a GET of this address answers now, to this token."""
    asking = copy.copy(request)
    asking.method = "GET"
    match = resolve(request.path_info)
    answer: HttpResponse = match.func.operation(  # type: ignore[attr-defined]  # set by the gate
        asking, *match.args, **match.kwargs
    )
    return answer


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _listed(header: str) -> set[str]:
    return {one.strip().removeprefix("W/") for one in header.split(",")}


def _is_json(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("application/json")
