"""The REST API at /api/v1: each slice brings a router; this is the one place that knows them all.

Who calls, in which workspace, with which right, how often: `config.gate`. Its description: `config.document`.
Imported when the first of its addresses is asked for (`config.late`).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic.json_schema import models_json_schema

from afluente import __version__
from afluente.config import document, reference, strict
from afluente.config.answers import problem
from afluente.config.gate import inside_workspace, nothing_there
from afluente.intake.api.shapes import SHAPES
from afluente.kernel.jsonin import BadJsonError
from afluente.kernel.keyset import BadCursorError

DOCUMENTS = ("openapi-json", "api-root")


class _Token(HttpBearer):
    """Documents the scheme in OpenAPI; the token itself was checked by `gate.inside_workspace`."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return getattr(request, "token", None)


class _Api(NinjaAPI):
    """With the shapes of bodies that a slice reads by hand, and all that holds for every operation."""

    def get_openapi_schema(self, **options: Any) -> Any:
        found = super().get_openapi_schema(**options)
        _, shapes = models_json_schema(
            [(shape, "validation") for shape in SHAPES], ref_template="#/components/schemas/{model}"
        )
        found["components"]["schemas"].update(shapes["$defs"])
        return document.complete(found)


api = _Api(
    title="Afluente API",
    version=__version__,
    description=document.INTRODUCTION,
    auth=_Token(),
    docs_url=None,
    urls_namespace="api",
    parser=strict.StrictParser(),
)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    # ninja puts where the value stood and the parameter's name before the path.
    places = [str(part) for part in first["loc"] if part not in {"body", "query", "path", "payload"}]
    if "query" in first["loc"]:  # of a parameter that may stand more than once, the name is enough
        places = [part for part in places if not part.isdigit()][-1:]
    said = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
    return problem(422, "invalid", f"{said}.", ".".join(places) or None)


@api.exception_handler(DataError)
def _unstorable(request: HttpRequest, error: DataError) -> HttpResponse:
    """A value that its shape lets through and the database has no room for, such as a moment with an
    offset of seventeen hours.
    """
    return problem(422, "invalid", "A value is outside of what can be kept or looked for.")


@api.exception_handler(BadCursorError)
def _lost(request: HttpRequest, error: BadCursorError) -> HttpResponse:
    return problem(
        422, "invalid", "This is no cursor of this list. Send the `next` of its last answer.", "cursor"
    )


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, BadJsonError):
        return strict.bad_json(error.__cause__)
    code = {400: "bad_request", 401: "token_invalid", 403: "scope_missing", 404: "not_found"}
    return problem(error.status_code, code.get(error.status_code, "refused"), str(error))


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
        for inner in _all_in(router):
            for address, view in list(inner.path_operations.items()):
                if address in known and known[address] is not view:
                    known[address].operations.extend(view.operations)
                    del inner.path_operations[address]
            known |= inner.path_operations
        api.add_router("", router)


def _all_in(router: Router) -> Iterator[Router]:
    """A router and those that were added to it."""
    yield router
    for _prefix, inner, *_rest in router._routers:
        yield from _all_in(inner)


def _addresses() -> list[URLPattern]:
    """The API's addresses, each inside its token's workspace; the OpenAPI document is public."""
    _mount()
    found = []
    for pattern in api.urls[0]:
        assert isinstance(pattern, URLPattern)
        if pattern.name == "api-root":
            found.append(_open("", nothing_there, pattern.name))
        elif pattern.name in DOCUMENTS:
            found.append(_open(str(pattern.pattern), pattern.callback, pattern.name))
    for router in api._get_bound_routers():
        views = [view for view in router.path_operations.values() for _ in view.operations]
        for pattern, view in zip(router.urls_paths(router.prefix), views, strict=True):
            gated = inside_workspace(pattern.callback, view)
            found.append(_open(str(pattern.pattern), gated, pattern.name))
    found.append(path("docs", reference.page(api), name="docs"))
    found.append(_open("<path:rest>", nothing_there, "nothing"))
    return found


def _open(route: str, view: Any, name: str | None) -> URLPattern:
    """An address that asks for no session: the token says who calls, and in which workspace."""
    made: Any = csrf_exempt(login_not_required(view))
    made.workspace_free = True
    found: URLPattern = path(route, made, name=name)
    return found


urlpatterns = _addresses()
