"""What visitors see: a form, its thanks, and the script that puts it on another page.

There is no session here and no cookie, so there is nothing a forged request could borrow: the pages
are exempt from the CSRF check on purpose (docs/how-to/publish-a-form.md). What protects the door is
in intake: keys against repeats, limits against floods, a trap against robots.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from afluente.capture import selectors, services
from afluente.capture.forms.answers import answers_form
from afluente.capture.services import limits
from afluente.intake.services.leads import TOUCH
from afluente.kernel import text
from afluente.kernel.http import CONTENT_SECURITY_POLICY

BODY_LIMIT = 262_144  # bytes (S-11)
TOKEN, TRAP = "af_token", "af_confirm"
HOUR = 3600


def _public(view: Any) -> Any:
    """For everybody, without a session: also a signed-in colleague is a visitor here."""
    view = login_not_required(csrf_exempt(view))
    view.workspace_free = True
    return view


def _form_or_404(public_id: str) -> selectors.PublicForm:
    found = selectors.public_form(public_id)
    if found is None:
        raise Http404
    return found


@_public
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form; or, on POST, what becomes of the answers. Invalid ones come back with what was typed."""
    form = _form_or_404(public_id)
    with translation.override(form.language):
        if not form.is_on:
            return _show(request, form, "closed", status=410)
        if request.method != "POST":
            return _show(request, form, "form", answers=_empty(request, form), hidden=_arriving(request))
        if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
            return _show(request, form, "too_long", status=413)
        return _answer(request, form)


def _answer(request: HttpRequest, form: selectors.PublicForm) -> HttpResponse:
    answers = answers_form(form.fields, language=form.language)(request.POST)
    hidden = {name: request.POST.get(name, "")[:500] for name in (TOKEN, *TOUCH)}
    shown = {"answers": answers, "hidden": hidden}
    address = request.META.get("REMOTE_ADDR", "")
    if not answers.is_valid():
        return _show(request, form, "form", status=422, **shown)
    wait = limits.seconds_to_wait(address=address, public_id=form.public_id, workspace_id=form.workspace_id)
    if wait:
        response = _show(request, form, "form", status=429, is_busy=True, **shown)
        response.headers["Retry-After"] = str(wait)
        return response
    receipt = services.submit(
        workspace_id=form.workspace_id,
        public_id=form.public_id,
        fields=form.fields,
        answers=answers.cleaned_data,
        visit=services.Visit(
            address=address,
            agent=request.headers.get("User-Agent", ""),
            token=hidden[TOKEN],
            trap=request.POST.get(TRAP, ""),
            touch=hidden,
        ),
    )
    if not receipt.is_kept:  # switched off between two clicks
        return _show(request, form, "closed", status=410)
    return HttpResponseRedirect(_next(request, form), status=303)


def _next(request: HttpRequest, form: selectors.PublicForm) -> str:
    """Where a visitor goes: the page its owner chose, unless the form is a frame in another page."""
    if form.redirect_url and not _is_embedded(request):
        return form.redirect_url
    return f"{form.path}/thanks" + ("?embed=1" if _is_embedded(request) else "")


@_public
@require_GET
def thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Said after the answers were kept."""
    form = _form_or_404(public_id)
    with translation.override(form.language):
        return _show(request, form, "thanks")


@_public
@require_GET
def script(_request: HttpRequest, public_id: str) -> HttpResponse:
    """The same few lines for every form: they find their form by their own address."""
    _form_or_404(public_id)
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={HOUR}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@lru_cache(maxsize=1)
def _script() -> str:
    return (Path(__file__).parent.parent / "static/capture/js/embed.js").read_text(encoding="utf-8")


def _show(
    request: HttpRequest, form: selectors.PublicForm, part: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {"form": form, "part": part, "is_embedded": _is_embedded(request), "trap": TRAP}
    context["action"] = form.path + ("?embed=1" if _is_embedded(request) else "")
    response = render(request, "capture/public.html", context, status=status)
    response.headers["Content-Security-Policy"] = _policy(form)
    response.headers["Content-Language"] = form.language
    return response


def _policy(form: selectors.PublicForm) -> str:
    """Any page may frame a form. Browsers also hold a form's redirect to `form-action`."""
    policy = CONTENT_SECURITY_POLICY.format(ancestors="*")
    if not form.redirect_url:
        return policy
    parts = urlsplit(form.redirect_url)
    target = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    return policy.replace("form-action 'self'", f"form-action 'self' {target}")


def _is_embedded(request: HttpRequest) -> bool:
    return request.GET.get("embed") == "1"


def _empty(request: HttpRequest, form: selectors.PublicForm) -> Any:
    """The form to fill in; `?email=…` in the address fills a field beforehand."""
    known = {one.name: request.GET[one.name][:500] for one in form.fields if one.name in request.GET}
    return answers_form(form.fields, language=form.language)(initial=known)


def _arriving(request: HttpRequest) -> dict[str, str]:
    """Where the visitor came from: the address says it, else the browser does."""
    found = {name: text.clean(request.GET.get(name, ""), limit=500) for name in TOUCH}
    came_from = text.clean(request.headers.get("Referer", ""), limit=500)
    if _is_embedded(request):
        found["page"] = found["page"] or came_from
    else:
        found["referrer"] = found["referrer"] or came_from
        found["page"] = found["page"] or request.build_absolute_uri(_without_answers(request))[:500]
    return {TOKEN: secrets.token_urlsafe(18), **found}


def _without_answers(request: HttpRequest) -> str:
    """The landing page with its UTM and nothing that was filled in beforehand."""
    kept = {name: value for name, value in request.GET.items() if name in TOUCH and name.startswith("utm_")}
    return request.path + (f"?{urlencode(kept)}" if kept else "")
