"""What an operation does not know is refused and named, never passed over: a mistyped name in the query
would otherwise answer everything as if nothing had been asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja.parser import Parser

from afluente.config.answers import problem
from afluente.kernel import jsonin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse
    from ninja.operation import Operation, PathView

JSON, FORM = "application/json", "multipart/form-data"


class StrictParser(Parser):
    """Bodies without a name twice, NaN or bottomless nesting. Raises kernel.jsonin.BadJsonError."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as plain values."""
        return jsonin.loads(request.body)


def operation_of(view: PathView, method: str | None) -> Operation | None:
    """Which operation of an address a method means."""
    return next((one for one in view.operations if method in one.methods), None)


def not_allowed(view: PathView, method: str | None) -> HttpResponse:
    """405, with the methods that the address has."""
    methods = ", ".join(sorted({name for one in view.operations for name in one.methods}))
    response = problem(405, "method_not_allowed", f"{method} does nothing here. Use {methods}.")
    response["Allow"] = methods
    return response


def refused(request: HttpRequest, operation: Operation) -> HttpResponse | None:
    """Why a call cannot be meant for this operation, or None."""
    if not operation.include_in_schema:  # reads what it is sent by rules of its own, such as those of tus
        return None
    return (
        _unknown_in_query(request, operation)
        or _other_kind(request, operation)
        or _unknown_in_form(request, operation)
    )


def bad_json(error: jsonin.BadJsonError) -> HttpResponse:
    """422 for a name that stands twice, 400 for what is no JSON."""
    if isinstance(error, jsonin.RepeatedNameError):
        return problem(422, "invalid", f"{error} Send it once.", error.name)
    return problem(400, "json_invalid", str(error), "body")


def _unknown_in_query(request: HttpRequest, operation: Operation) -> HttpResponse | None:
    known, lists = _names(operation, "query")
    for name, values in request.GET.lists():
        if name not in known:
            return _stranger(name, known, "parameter")
        if len(values) > 1 and name not in lists:
            return problem(422, "invalid", f"{name} stands {len(values)} times. Send it once.", name)
    return None


def _unknown_in_form(request: HttpRequest, operation: Operation) -> HttpResponse | None:
    if not _takes(operation, "file"):
        return None
    known = _names(operation, "form")[0] | _names(operation, "file")[0]
    found = next((name for name in (*request.POST, *request.FILES) if name not in known), None)
    return None if found is None else _stranger(found, known, "part")


def _other_kind(request: HttpRequest, operation: Operation) -> HttpResponse | None:
    """415 for a body of another kind than the operation reads. One that says nothing of itself is JSON."""
    kind = request.content_type or ""
    if _takes(operation, "file"):
        wanted, is_right = FORM, kind == FORM
    else:
        wanted = JSON
        is_right = kind in {"", JSON} or kind.endswith("+json") or not _takes(operation, "body")
    if is_right or not _has_body(request):
        return None
    return problem(415, "content_type", f"Send the body as {wanted}.", "Content-Type")


def _has_body(request: HttpRequest) -> bool:
    return request.META.get("CONTENT_LENGTH") not in {None, "", "0"}


def _takes(operation: Operation, source: str) -> bool:
    return any(model.__ninja_param_source__ == source for model in operation.models)


def _names(operation: Operation, source: str) -> tuple[set[str], set[str]]:
    """The names that an operation knows in a place, and those of them that may stand more than once."""
    known: set[str] = set()
    lists: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == source:
            known |= set(getattr(model, "__ninja_flatten_map__", model.model_fields))
            lists |= set(getattr(model, "__ninja_collection_fields__", ()))
    return known, lists


def _stranger(name: str, known: Iterable[str], what: str) -> HttpResponse:
    names = ", ".join(sorted(known))
    hint = f"Known are: {names}." if names else f"This operation takes no {what}s."
    return problem(422, "unknown_parameter", f"There is no {what} {name[:60]} here. {hint}", name[:100])
