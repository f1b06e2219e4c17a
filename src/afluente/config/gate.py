"""What every call to the API passes: its token, its limit, its scope, its workspace, its key.

An operation runs in one transaction of the token's workspace, which is taken back when it is refused.
"""

from __future__ import annotations

import functools
import hashlib
import zoneinfo
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import close_old_connections, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from afluente.accounts import selectors as accounts
from afluente.accounts import services as account_services
from afluente.config import etags, pace, strict
from afluente.config.answers import problem
from afluente.intake import statements as intake_statements
from afluente.kernel import asgi, crash
from afluente.kernel.workspace import scope
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ninja.operation import PathView

    from afluente.accounts.models import ApiToken

KEYED = ("POST", "PATCH", "DELETE")
LONGEST_KEY = 255
# Keep their own account of repeats: the raw event is the record, and an upload knows how far it came.
SELF_KEYED = ("/api/v1/leads", "/api/v1/files/uploads", "/api/v1/imports/uploads/")
# The scope of an address whose first word is not the name of its area.
AREAS = {
    "pipelines": "deals",
    "stages": "deals",
    "triggers": "deals",
    "trigger-kinds": "deals",
    "working-hours": "deals",
    "deal-types": "deals",
    "lost-reasons": "deals",
    "taxes": "products",
    "tags": "contacts",
    "fields": "contacts",
    "companies": "contacts",
    "imports": "contacts",
    "search": "contacts",
    "notifications": "contacts",
    "external-ids": "contacts",
    "templates": "messages",
    "webhooks": "messages",
    "webhook-calls": "messages",
    "webhook-events": "messages",
    "members": "people",
    "teams": "people",
    "roles": "people",
}
# Areas with one scope for everything: whoever may make a file may fetch it.
WHOLE = {"exports": "contacts:export"}
READING = ("GET", "HEAD", "OPTIONS")


def scope_of(method: str, path: str) -> str:
    """The scope that an operation asks for, by its address below /api/v1/ and its method."""
    area = path.removeprefix("/api/v1/").partition("/")[0]
    if area in WHOLE:
        return WHOLE[area]
    return f"{AREAS.get(area, area)}:{'read' if method.upper() in READING else 'write'}"


def inside_workspace(view: Callable[..., HttpResponse], operations: PathView) -> Callable[..., HttpResponse]:
    """Run an operation for a good token, in its workspace and one transaction; undo it when refused."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        call = functools.partial(view, request, *args, **kwargs)
        return _pass(request, functools.partial(_answer, call=call, operations=operations))

    wrapped.operation = view  # type: ignore[attr-defined]  # for etags, which asks it without the gate
    return wrapped


def nothing_there(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every other address below /api/v1/: 404 in the shape that refusals have, for those with a token."""
    missing = problem(404, "not_found", f"There is no address /api/v1/{rest[:100]}. See /api/v1/docs.")
    return _pass(request, lambda _request, _token: missing)


def _pass(request: HttpRequest, answer: Callable[[HttpRequest, ApiToken], HttpResponse]) -> HttpResponse:
    """Know the token, count the call, enter the workspace, and take back what was refused."""
    text, workspace_id, taken = _counted(request)
    if taken.is_over:
        return taken.say(
            problem(429, "too_many_calls", f"Too many calls with this {taken.name}. Wait a moment.")
        )
    if workspace_id is None:
        return taken.say(_unauthorized())
    with scope(workspace_id):
        token = accounts.authenticate_token(text)
        with _clock_of(token):
            response = _unauthorized() if token is None else answer(request, token)
        if response.status_code >= 400:
            transaction.set_rollback(True)
    crash.point("api.after_commit")
    return taken.say(response)


@contextmanager
def _clock_of(token: ApiToken | None) -> Iterator[None]:
    """Days begin for a program when they begin for whoever made its token, as on their screen."""
    if token is None:
        yield
        return
    place = token.workspace
    zone = zoneinfo.ZoneInfo(token.created_by.user.timezone or place.timezone)
    with timezone.override(zone), formats.region(place.country, place.timezone):
        yield


def headers_of_refused(scope: asgi.Scope) -> dict[str, str]:
    """Count a call that is refused before it is read, and give the headers that say what is left."""
    request = HttpRequest()
    request.method, request.path_info = scope["method"], scope["path"]
    said = asgi.header(scope, b"authorization") or b""
    request.META |= {
        "HTTP_AUTHORIZATION": said.decode("latin-1"),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
    }
    close_old_connections()
    try:
        return dict(_counted(request)[2].say(HttpResponse()).items())
    finally:
        close_old_connections()


def _counted(request: HttpRequest) -> tuple[str, int | None, pace.Taken]:
    """What the caller shows as a token, the workspace it names, and the call as it was counted."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    text = text.strip()
    workspace_id = accounts.token_workspace_id(text) if kind.lower() == "bearer" else None
    taken = pace.take_of_stranger(request) if workspace_id is None else pace.take(text, request)
    return text, workspace_id, taken


def _answer(
    request: HttpRequest, token: ApiToken, *, call: Callable[[], HttpResponse], operations: PathView
) -> HttpResponse:
    operation = strict.operation_of(operations, request.method)
    if operation is None:
        return strict.not_allowed(operations, request.method)
    if missing := _missing_scope(request, token):
        return problem(403, "scope_missing", f"The token lacks the scope {missing}.")
    if refused := strict.refused(request, operation):
        return refused
    request.token = token  # type: ignore[attr-defined]
    if request.method in READING:
        account_services.note_token_use(token=token)
        return etags.read(request, call())
    response = _keyed(request, token, functools.partial(etags.write, request, call))
    if response.status_code < 400:
        account_services.note_token_use(token=token)
    return response


def _unauthorized() -> HttpResponse:
    response = problem(
        401, "token_invalid", "The token is missing, wrong, expired or revoked.", "Authorization"
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


def _missing_scope(request: HttpRequest, token: ApiToken) -> str | None:
    """The scope that the address and method ask for and the token lacks; None when it may."""
    needed = scope_of(request.method or "GET", request.path_info)
    if needed == "leads:read" and "leads:write" in token.scopes:
        return None  # whoever sends leads may ask what became of them
    return None if needed in token.scopes else needed


def _keyed(request: HttpRequest, token: ApiToken, call: Callable[[], HttpResponse]) -> HttpResponse:
    """Give the first answer again to a repeat with the same Idempotency-Key (R-6, ADR 0141)."""
    key = request.headers.get("Idempotency-Key", "")
    if not key or request.method not in KEYED or request.path_info.startswith(SELF_KEYED):
        return call()
    if len(key) > LONGEST_KEY:
        return problem(422, "key_too_long", "The key is longer than 255 characters.", "Idempotency-Key")
    digest = fingerprint(request)
    if not intake_statements.hold_key(token.pk, key):
        busy = "A call with this key is being answered. Try again in a moment."
        response: HttpResponse = problem(409, "key_in_use", busy, "Idempotency-Key")
        response["Retry-After"] = "1"
        return response
    if held := intake_statements.keyed_answer(token.pk, key):
        status, content, first_digest = held
        if first_digest != digest:
            return problem(
                422, "key_reused", "This key was used before with another request.", "Idempotency-Key"
            )
        response = HttpResponse(content, status=status, content_type="application/json; charset=utf-8")
        response["Idempotency-Replayed"] = "true"
        return response
    response = call()
    if response.status_code < 400:
        intake_statements.keep_answer(token.pk, key, digest, response.status_code, response.content)
    return response


def fingerprint(request: HttpRequest) -> str:
    """What a repeat must have in common with the first call: method, address, body.

    Files are read in pieces, from where they lie: a large one is never in memory at once. The frame of a
    multipart body is left out, because its boundary differs from one attempt to the next.
    """
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):
        digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()
