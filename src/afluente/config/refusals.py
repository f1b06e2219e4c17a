"""Answers given when there is no database or no Django to ask: in the reader's language, with a reason."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

from afluente.kernel import asgi, doors
from afluente.kernel.htmx import toast, wants_fragment

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import Promise

    from afluente.kernel.asgi import Headers, Scope, Send

log = logging.getLogger("afluente.request")

RETRY_AFTER = 2  # seconds
_SHELL = {"theme": "system", "density": "regular", "has_keys": True}


@dataclass(frozen=True)
class Refusal:
    """A status, a code for programs that never changes, and two sentences for people."""

    status: int
    code: str
    heading: str | Promise
    text: str | Promise

    @property
    def may_retry(self) -> bool:
        return self.status == 503

    def as_json(self, **values: object) -> dict[str, object]:
        message = f"{self.heading} {str(self.text) % values}"
        told = {"code": self.code, "message": message, "field": None, "request_id": asgi.request_id.get()}
        return {"error": told}


TOO_LARGE = Refusal(
    413,
    "body_too_large",
    _("This is too large."),
    _("At most %(limit)d KiB can be sent at once. Nothing was stored."),
)
AWAY = Refusal(
    503,
    "unavailable",
    _("Back in a moment."),
    _("The database does not answer. Nothing was stored: try again in a moment."),
)
BUSY = Refusal(
    503,
    "busy",
    _("Back in a moment."),
    _("Too much is going on at once. Try again in a moment."),
)
SIGN_IN = Refusal(401, "sign_in", _("Sign in first."), _("This address is for people who are signed in."))
FAILED = Refusal(
    500,
    "internal_error",
    _("Something went wrong."),
    _("It is not your fault. The error has been written down as %(id)s."),
)

NO_HOST = Refusal(
    400,
    "host_invalid",
    _("This address cannot be right."),
    _(
        "The name of its host holds more than letters, digits, dots and hyphens."
        " The address of this Afluente is set by AFLUENTE_BASE_URL."
    ),
)
SENSELESS = Refusal(
    400,
    "bad_request",
    _("This could not be understood."),
    _("Nothing was stored. Go back, load the page again, and try once more."),
)
NOT_FOUND = Refusal(
    404,
    "not_found",
    _("There is nothing here."),
    _("It is gone, the address is wrong, or it belongs to people whose records you do not see."),
)
FORBIDDEN = Refusal(
    403,
    "forbidden",
    _("This is not open to you."),
    _("Your role does not reach that far. Ask an administrator of your workspace."),
)


async def refuse(scope: Scope, send: Send, refusal: Refusal, *, headers: Headers = ()) -> None:
    """Send a refusal: JSON to a program, a page to a person."""
    values = _values(scope["path"])
    retry = [*headers, *([(b"retry-after", str(RETRY_AFTER).encode())] if refusal.may_retry else [])]
    with translation.override(_language(scope)):
        if asgi.wants_json(scope):
            await asgi.answer_json(send, refusal.status, refusal.as_json(**values), headers=retry)
            return
        page = _page(refusal, translation.get_language() or "en", str(refusal.text) % values)
    await asgi.answer(send, refusal.status, page, content_type=b"text/html; charset=utf-8", headers=retry)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of errors nobody caught: a database that went away is no fault of ours, and
    whoever sent something must know that they may try again.
    """
    problem = sys.exc_info()[1]
    refusal = AWAY if isinstance(problem, (OperationalError, InterfaceError)) else FAILED
    values = _values(request.path)
    if refusal is FAILED:  # without the path: it may hold a secret
        log.error("Request %s failed", values["id"], exc_info=problem)
    if request.path.startswith(("/api/", "/hooks/in/")):
        response: HttpResponse = JsonResponse(refusal.as_json(**values), status=refusal.status)
    else:
        page = _page(refusal, translation.get_language() or "en", str(refusal.text) % values)
        response = HttpResponse(page, status=refusal.status)
    if refusal.may_retry:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 400: a host that is no name, a form cut in half. Nobody may be known yet, so
    the page is drawn without the request; what was sent is not shown.
    """
    refusal = NO_HOST if isinstance(exception, DisallowedHost) else SENSELESS
    with translation.override(translation.get_language_from_request(request)):
        if request.path.startswith(("/api/", "/hooks/in/")):
            return JsonResponse(refusal.as_json(), status=refusal.status)
        page = _page(refusal, translation.get_language() or "en", str(refusal.text))
    return HttpResponse(page, status=refusal.status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 404: what is not there, or not for this person."""
    return _turn_away(request, NOT_FOUND)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 403: the person sees it and may not change it."""
    return _turn_away(request, FORBIDDEN)


def _turn_away(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """JSON to a program, a toast to a page that asked for a part of itself, a page to a person."""
    if request.path.startswith(("/api/", "/hooks/in/")):
        return JsonResponse(refusal.as_json(), status=refusal.status)
    if wants_fragment(request):
        response = HttpResponse(status=refusal.status)
        response["HX-Reswap"] = "none"
        return toast(response, f"{refusal.heading} {refusal.text}")
    context = {"heading": refusal.heading, "text": refusal.text, "home": "/"}
    page = render_to_string("config/refused.html", context, request)
    return HttpResponse(page, status=refusal.status)


def _values(path: str) -> dict[str, object]:
    return {"limit": doors.body_limit(path) // 1024, "id": asgi.request_id.get()}


@lru_cache(maxsize=32)
def _page(refusal: Refusal, _language: str, text: str) -> bytes:
    context = {
        "heading": refusal.heading,
        "text": text,
        "may_retry": refusal.may_retry,
        "shell": _SHELL,
    }
    return render_to_string("config/refused.html", context).encode()


def _language(scope: Scope) -> str:
    """The best of our languages for this browser."""
    wanted = (asgi.header(scope, b"accept-language") or b"").decode("latin-1")
    for code, _quality in parse_accept_lang_header(wanted.lower()):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return "en"
