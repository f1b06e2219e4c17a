"""Pages that answer whole or in part, and the toast that follows an act."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from django.http import HttpRequest


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked for a part of the page. A boosted link asks for the whole."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def target_id(request: HttpRequest) -> str:
    """The id of the element that htmx will put the answer into; "" when it has none."""
    return request.headers.get("HX-Target", "").partition("#")[2]


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Leave for another page, whoever asked."""
    if wants_fragment(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)


def respond(
    request: HttpRequest, template: str, context: dict[str, Any], *, fragment: str, status: int = 200
) -> HttpResponse:
    """Render `template`, or only its `fragment` when htmx asked for this URL."""
    name = f"{template}#{fragment}" if wants_fragment(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def drawn_around(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A whole part drawn anew: when its editor was saved by leaving it (`left`), what is busy by now stays."""
    if "left" in request.POST:
        response["HX-Reswap"] = "outerMorph"
    return response


def trigger(response: HttpResponse, event: str, detail: dict[str, Any]) -> HttpResponse:
    """Ask the browser to dispatch `event` with `detail` once the answer is in place."""
    present = json.loads(response.headers.get("HX-Trigger", "{}"))
    response["HX-Trigger"] = json.dumps({**present, event: detail})
    return response


def undo_of(response: HttpResponse) -> str | None:
    """The way back that the toast of an answer offers already."""
    said = json.loads(response.headers.get("HX-Trigger", "{}")).get("af:toast", {})
    undo: str | None = said.get("undo")
    return undo


def toast(response: HttpResponse, text: str, *, undo_url: str | None = None) -> HttpResponse:
    """Say what happened, with a way back when there is one (`undo_url` is sent a POST)."""
    return trigger(response, "af:toast", {"text": str(text), "undo": undo_url})
