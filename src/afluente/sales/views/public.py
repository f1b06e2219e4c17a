"""A quote as the customer sees it, behind a secret address: nobody is signed in (ADR 0173)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from afluente.accounts.models import Workspace
from afluente.kernel import limits, text
from afluente.kernel.limits import Limit
from afluente.kernel.workspace import scope
from afluente.sales import selectors, services
from afluente.sales.views.documents import as_file, as_picture
from afluente.timeline.events import Actor
from afluente.ui import formats

if TYPE_CHECKING:
    from django.http import HttpRequest

    from afluente.sales.models import Document

LOOKS = Limit("quote-look", most=60, seconds=600)


def _public(view: Any) -> Any:
    """For whoever has the address; there is no session that a forged request could borrow."""
    view = login_not_required(csrf_exempt(view))
    view.workspace_free = True
    return view


def _wait(request: HttpRequest) -> HttpResponse | None:
    verdict = limits.take(LOOKS, request.META.get("REMOTE_ADDR", ""))
    if verdict.is_allowed:
        return None
    return HttpResponse(status=429, headers={"Retry-After": str(verdict.retry_after)})


@_public
@require_http_methods(["GET", "HEAD", "POST"])
def quote(request: HttpRequest, space: int, secret: str) -> HttpResponse:
    """The quote; POST accepts or declines it (`act`), with the name of whoever does (`name`)."""
    if refused := _wait(request):
        return refused
    with scope(space):
        found, workspace = _found(space, secret)
        at_home = formats.region(workspace.country, workspace.timezone)
        with translation.override(found.language), timezone.override(ZoneInfo(workspace.timezone)), at_home:
            if request.method == "POST":
                name = text.clean(request.POST.get("name", ""), limit=150)
                if name and request.POST.get("act") in {"accept", "decline"}:
                    return _decide(request, found, name)
                return _show(request, found, is_nameless=True, status=422)
            return _show(request, found)


def _decide(request: HttpRequest, found: Document, name: str) -> HttpResponse:
    try:
        services.decide_quote(
            document_id=found.pk,
            is_accepted=request.POST["act"] == "accept",
            by=Actor("source", None, name),
            name=name,
        )
    except services.DocumentRefusedError:
        found.refresh_from_db()
        return _show(request, found, is_late=True, status=409)
    return HttpResponseRedirect(request.path, status=303)


@_public
@require_safe
def pdf(request: HttpRequest, space: int, secret: str) -> HttpResponse:
    """The same as PDF."""
    if refused := _wait(request):
        return refused
    with scope(space):
        found, _ = _found(space, secret)
        return _private(as_file(found))


@_public
@require_safe
def logo(request: HttpRequest, space: int, secret: str) -> HttpResponse:
    """The seller's mark on it."""
    if refused := _wait(request):
        return refused
    with scope(space):
        found, _ = _found(space, secret)
        return _private(as_picture(found.seller.get("logo", "")))


def _found(space: int, secret: str) -> tuple[Document, Workspace]:
    found = services.document_by_secret(secret)
    workspace = Workspace.objects.filter(pk=space).first()
    if found is None or workspace is None or found.kind != "quote":
        raise Http404
    return found, workspace


def _show(
    request: HttpRequest,
    found: Document,
    *,
    status: int = 200,
    is_nameless: bool = False,
    is_late: bool = False,
) -> HttpResponse:
    context = {
        "document": found,
        "tone": selectors.tone(found),
        "is_open": found.state == "sent",
        "is_nameless": is_nameless,
        "is_late": is_late,
        "pdf_url": f"{request.path}pdf/",
        "logo_url": f"{request.path}logo/" if found.seller.get("logo") else "",
    }
    return _private(render(request, "sales/public.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
