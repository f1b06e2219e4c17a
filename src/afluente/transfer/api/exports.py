"""Exports for other programs. A scope of its own, and the right to export of whoever made the token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status
from ninja.errors import HttpError

from afluente.accounts.requests import member_of
from afluente.contacts.selectors.selection import Picked
from afluente.files.views import serving
from afluente.transfer import policies, services
from afluente.transfer.api.export_shapes import About, ExportNew
from afluente.transfer.api.shapes import (
    REFUSALS,
    ExportColumnsOut,
    ExportOut,
    ExportsOut,
    Number,
    Paged,
    missing,
    not_allowed,
    refusal,
)
from afluente.transfer.models import Export

router = Router(tags=["Imports and exports"])


@router.get("/exports", response={200: ExportsOut, **REFUSALS})
def list_exports(request: HttpRequest, asked: Query[Paged]) -> Any:
    """Exports, newest first."""
    if not policies.may_export(member_of(request)):
        return not_allowed()
    found = policies.exports_visible_to(member_of(request)).order_by("-pk")
    if asked.cursor:
        found = found.filter(pk__lt=asked.cursor)
    rows = list(found[: asked.limit + 1])
    following = str(rows[asked.limit - 1].pk) if len(rows) > asked.limit else None
    return {"items": [shown(one) for one in rows[: asked.limit]], "next": following}


@router.get("/exports/columns", response={200: ExportColumnsOut, **REFUSALS})
def list_columns(request: HttpRequest, about: About = "contacts") -> Any:
    """What an export can hold."""
    kind = services.export_kind(about)
    if not kind.may(member_of(request)):
        return not_allowed()
    return {"items": [{"key": one.key, "label": str(one.label)} for one in kind.columns().values()]}


@router.post("/exports", response={201: ExportOut, **REFUSALS})
def create_export(request: HttpRequest, payload: ExportNew) -> Any:
    """Have a file made of contacts, deals, tasks, products or documents, of those that the token's maker may take out. Kept for seven days."""
    member, kind = member_of(request), services.export_kind(payload.about)
    if not kind.may(member):
        return not_allowed()
    known = kind.columns()
    columns = [key for key in kind.usual if key in known] if payload.columns is None else payload.columns
    for index, key in enumerate(columns):
        if key not in known:
            return refusal(422, "invalid", "Nothing is called so: see /exports/columns.", f"columns.{index}")
    if payload.format not in kind.formats:
        return refusal(422, "invalid", f"Exported as {' or '.join(kind.formats)}.", "format")
    selection: Picked = kind.selection(query=payload.query or "")
    if payload.ids:
        selection = kind.selection(ids=tuple(dict.fromkeys(payload.ids)))
    elif problems := kind.problems(member, (payload.query or "").lstrip("?")):
        return refusal(422, "invalid", " ".join(problems), "query")
    try:
        made = services.begin_export(
            about=kind.slug,
            selection=selection,
            columns=list(dict.fromkeys(columns)),
            format=payload.format,
            member=member,
        )
    except services.ExportRefusedError as refused:
        return refusal(422, "invalid", str(refused), "columns")
    return Status(201, shown(made))


@router.get("/exports/{export_id}", response={200: ExportOut, **REFUSALS})
def read_export(request: HttpRequest, export_id: Number) -> Any:
    """How an export stands."""
    found = _seen(request, export_id)
    return shown(found) if found else missing("export")


@router.get("/exports/{export_id}/content", include_in_schema=False)
def download(request: HttpRequest, export_id: Number) -> Any:
    """The file, once the state is `ready`; `Range` names a part of it."""
    found = _seen(request, export_id)
    if found is None or found.file is None:
        raise HttpError(404, "There is no such file.")
    return serving.send(request, found.file)


@router.delete("/exports/{export_id}", response={204: None, **REFUSALS})
def remove_file(request: HttpRequest, export_id: Number) -> Any:
    """Remove the file for good; that it was made stays."""
    found = _seen(request, export_id)
    if found is None:
        return missing("export")
    services.expire_export(export_id=found.pk)
    return Status(204, None)


def shown(given: Export) -> dict[str, Any]:
    """An export as a program reads it."""
    return {name: getattr(given, name) for name in ExportOut.model_fields}


def _seen(request: HttpRequest, export_id: int) -> Export | None:
    found: Export | None = policies.exports_visible_to(member_of(request)).filter(pk=export_id).first()
    return found
