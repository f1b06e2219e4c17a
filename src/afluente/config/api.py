"""The REST API at /api/v1: who calls, in which workspace, with which right; repeats; refusals.

Each slice brings a router; this is the one place that knows them all.
"""

from __future__ import annotations

import functools
import hashlib
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic.json_schema import models_json_schema

from afluente import __version__
from afluente.accounts import selectors as accounts
from afluente.intake import statements as intake_statements
from afluente.intake.api.shapes import SHAPES
from afluente.kernel import crash
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.models import ApiToken

KEYED = ("POST", "PATCH")
DOCUMENTS = ("openapi-json", "api-root")
# Keeps its own account of repeats: the raw event is the record.
SELF_KEYED = "/api/v1/leads"


class _Token(HttpBearer):
    """Documents the scheme in OpenAPI; the token itself was checked by `_inside_workspace`."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return getattr(request, "token", None)


class _Api(NinjaAPI):
    """With the shapes of bodies that a slice reads by hand in the document, too."""

    def get_openapi_schema(self, **options: Any) -> Any:
        document = super().get_openapi_schema(**options)
        _, found = models_json_schema(
            [(shape, "validation") for shape in SHAPES], ref_template="#/components/schemas/{model}"
        )
        document["components"]["schemas"].update(found["$defs"])
        return document


api = _Api(
    title="Afluente API",
    version=__version__,
    description="Leads, contacts and deals of one workspace. Send `Authorization: Bearer af_…`.",
    auth=_Token(),
    docs_url=None,
    urls_namespace="api",
)


def problem(status: int, code: str, message: str, field: str | None = None) -> JsonResponse:
    """A refusal in the shape all refusals have."""
    return JsonResponse({"error": {"code": code, "message": message, "field": field}}, status=status)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    # ninja puts where the value stood and the parameter's name before the path.
    places = [str(part) for part in first["loc"] if part not in {"body", "query", "path", "payload"}]
    return problem(422, "invalid", str(first["msg"]).removeprefix("Value error, "), ".".join(places) or None)


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = {400: "bad_request", 401: "token_invalid", 403: "scope_missing", 404: "not_found"}
    return problem(error.status_code, code.get(error.status_code, "refused"), str(error))


def _inside_workspace(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Run an operation for a good token, in its workspace and one transaction; undo it when refused."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        workspace_id = accounts.token_workspace_id(text.strip()) if kind.lower() == "bearer" else None
        if workspace_id is None:
            return _unauthorized()
        with scope(workspace_id):
            token = accounts.authenticate_token(text.strip())
            if token is None:
                return _unauthorized()
            if missing := _missing_scope(request, token):
                return problem(403, "scope_missing", f"The token lacks the scope {missing}.")
            request.token = token  # type: ignore[attr-defined]
            response = _keyed(request, token, functools.partial(view, request, *args, **kwargs))
            if response.status_code >= 400:
                transaction.set_rollback(True)
        crash.point("api.after_commit")
        return response

    return wrapped


def _unauthorized() -> JsonResponse:
    response = problem(
        401, "token_invalid", "The token is missing, wrong, expired or revoked.", "Authorization"
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


def _missing_scope(request: HttpRequest, token: ApiToken) -> str | None:
    """The scope that the address and method ask for and the token lacks; None when it may."""
    area = request.path_info.removeprefix("/api/v1/").partition("/")[0]
    area = {
        "pipelines": "deals",
        "tags": "contacts",
        "fields": "contacts",
        "companies": "contacts",
        "members": "people",
        "roles": "people",
    }.get(area, area)
    right = "read" if request.method in {"GET", "HEAD"} else "write"
    needed = f"{area}:{right}"
    if needed == "leads:read" and "leads:write" in token.scopes:
        return None  # whoever sends leads may ask what became of them
    return None if needed in token.scopes else needed


def _keyed(request: HttpRequest, token: ApiToken, call: Callable[[], HttpResponse]) -> HttpResponse:
    """Give the first answer again to a repeat with the same Idempotency-Key (R-6)."""
    key = request.headers.get("Idempotency-Key", "")
    if not key or request.method not in KEYED or request.path_info == SELF_KEYED:
        return call()
    if len(key) > 255:
        return problem(422, "key_too_long", "The key is longer than 255 characters.", "Idempotency-Key")
    what = f"{request.method} {request.path_info}\n".encode() + request.body
    digest = hashlib.sha256(what).hexdigest()
    if not intake_statements.hold_key(token.pk, key):
        return problem(
            409,
            "key_in_use",
            "A call with this key is being answered. Try again in a moment.",
            "Idempotency-Key",
        )
    if held := intake_statements.keyed_answer(token.pk, key):
        status, content, first_digest = held
        if first_digest != digest:
            return problem(
                422, "key_reused", "This key was used before with another request.", "Idempotency-Key"
            )
        return HttpResponse(content, status=status, content_type="application/json; charset=utf-8")
    response = call()
    if response.status_code < 400:
        intake_statements.keep_answer(token.pk, key, digest, response.status_code, response.content)
    return response


def _mount() -> None:
    """Add the router of each slice. Two slices may share a path (POST /deals is intake's, GET deals'):
    Django would give it to the first pattern alone, so their operations are put together.
    """
    known: dict[str, Any] = {}
    slices = [config.name for config in apps.get_app_configs() if config.name.startswith("afluente.")]
    for name in sorted(slices, key=lambda name: name != "afluente.intake"):  # its operations come first
        if name == "afluente.config" or not find_spec(f"{name}.api"):
            continue
        router = import_module(f"{name}.api").router
        for address, view in list(router.path_operations.items()):
            if address in known and known[address] is not view:
                known[address].operations.extend(view.operations)
                del router.path_operations[address]
        known |= router.path_operations
        api.add_router("", router)


def urls() -> list[URLPattern]:
    """The API's addresses, each inside its token's workspace; the OpenAPI document is public."""
    _mount()
    patterns, _app, _namespace = api.urls
    found = []
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        view: Any = pattern.callback
        if pattern.name not in DOCUMENTS:
            view = _inside_workspace(view)
        view = csrf_exempt(login_not_required(view))
        view.workspace_free = True  # the token says which workspace
        found.append(path(str(pattern.pattern), view, name=pattern.name))
    return found
