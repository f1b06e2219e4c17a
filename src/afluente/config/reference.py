"""The page /api/v1/docs: the OpenAPI document for people, each operation with a form to try it (ADR 0143).

Public like the document itself: it holds nothing of any workspace.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from afluente.config import examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest, HttpResponse
    from ninja import NinjaAPI


@dataclass(frozen=True, kw_only=True)
class Part:
    """A parameter or a field of a body: its name, what it may hold, and why."""

    name: str
    place: str
    kind: str
    is_required: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation as the page shows it; `body` and `answer` are examples in JSON, or empty."""

    name: str
    method: str
    path: str
    summary: str
    text: str
    scope: str
    parameters: list[Part]
    fields: list[Part]
    body: str
    answers: list[tuple[str, str]]
    answer: str


def page(api: NinjaAPI) -> Callable[[HttpRequest], HttpResponse]:
    """The view; what it shows is made on the first request, when every slice has brought its router."""
    made: dict[str, Any] = {}

    @login_not_required
    @require_safe
    def docs(request: HttpRequest) -> HttpResponse:
        if not made:
            made.update(_read(api.get_openapi_schema(path_prefix="/api/v1/")))
        return render(request, "config/reference.html", made)

    docs.workspace_free = True  # type: ignore[attr-defined]  # it knows no workspace
    return docs


def _read(document: dict[str, Any]) -> dict[str, Any]:
    operations: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, ways in document["paths"].items():
        for method, one in ways.items():
            operations[one["tags"][0]].append(_operation(path, method, one, document))
    groups = [(tag["name"], tag["description"], operations[tag["name"]]) for tag in document["tags"]]
    paragraphs = document["info"]["description"].replace("`", "").split("\n\n")
    return {"groups": groups, "version": document["info"]["version"], "paragraphs": paragraphs}


def _operation(path: str, method: str, one: dict[str, Any], document: dict[str, Any]) -> Operation:
    content = one.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = content.get("example")
    return Operation(
        name=one["operationId"],
        method=method.upper(),
        path=path,
        summary=one["summary"],
        text=one.get("description", "").replace("`", ""),
        scope=one["security"][0]["token"][0],
        parameters=[_parameter(found) for found in one["parameters"]],
        fields=list(_fields(content.get("schema", {}), document)),
        body="" if body is None else _json(body),
        answers=[(status, _said(answer, document)) for status, answer in one["responses"].items()],
        answer=_answer(one, document),
    )


def _answer(one: dict[str, Any], document: dict[str, Any]) -> str:
    """An example of what the operation says when it is done."""
    for status, answer in one["responses"].items():
        content = answer.get("content", {}).get("application/json")
        if status < "400" and content:
            return _json(examples.example(content["schema"], document))
    return ""


def _parameter(found: dict[str, Any]) -> Part:
    schema = found["schema"]
    text = (found.get("description") or schema.get("description") or "").replace("`", "")
    return Part(
        name=found["name"],
        place=found["in"],
        kind=_kind(schema),
        is_required=found.get("required", False),
        text=text,
    )


def _fields(schema: dict[str, Any], document: dict[str, Any], before: str = "") -> Iterator[Part]:
    shape = examples.resolved(schema, document)
    needed = shape.get("required", ())
    for name, inner in shape.get("properties", {}).items():
        own = examples.resolved(inner, document)
        text = (inner.get("description") or own.get("description") or "").replace("`", "")
        yield Part(
            name=f"{before}{name}", place="body", kind=_kind(own), is_required=name in needed, text=text
        )
        if own.get("properties") and not before:
            yield from _fields(own, document, f"{name}.")


def _kind(schema: dict[str, Any]) -> str:
    """What a value may be, in a few words."""
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return ", ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"] if one.get("type") != "null"))
    kind = schema.get("format") or schema.get("type") or "object"
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    most = schema.get("maxLength") or schema.get("maximum")
    return f"{kind}, up to {most}" if most and most < 2**62 else str(kind)


def _said(answer: dict[str, Any], document: dict[str, Any]) -> str:
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return str(answer["description"])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
