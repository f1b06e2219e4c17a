"""Imports for other programs: the same steps as on the screen. A token sees what its maker sees."""

from __future__ import annotations

from typing import IO, Any, Literal, cast

from django.http import HttpRequest
from ninja import File as Part
from ninja import Query, Router, Status, UploadedFile
from ninja.errors import HttpError

from afluente.accounts.models import Membership
from afluente.accounts.policies import assignable_by
from afluente.accounts.requests import member_of
from afluente.contacts import services as contacts
from afluente.deals.policies import enterable
from afluente.files import services as files
from afluente.kernel import blobs
from afluente.tasks.models import Step
from afluente.tasks.policies import boards_of
from afluente.timeline.events import token_actor
from afluente.transfer import policies, services
from afluente.transfer.api.shapes import (
    REFUSALS,
    Brought,
    ColumnsShape,
    FixesShape,
    ImportOut,
    ImportsOut,
    Number,
    Paged,
    ReadingShape,
    Refused,
    RowsAsked,
    RowsOut,
    TargetsOut,
    missing,
    not_allowed,
    refusal,
)
from afluente.transfer.models import Import, ImportRow
from afluente.transfer.selectors import layouts, preview
from afluente.transfer.views.asked import send_errors

router = Router(tags=["Imports and exports"])
MOVED: dict[int, Any] = {**REFUSALS, 409: Refused}
ACTS = {
    "start": services.start_import,
    "pause": services.pause_import,
    "resume": services.resume_import,
    "stop": services.cancel_import,
    "undo": services.undo_import,
}
Act = Literal["start", "pause", "resume", "stop", "undo"]


@router.get("/imports", response={200: ImportsOut, **REFUSALS})
def list_imports(request: HttpRequest, asked: Query[Paged]) -> Any:
    """Imports, newest first."""
    found = policies.imports_visible_to(member_of(request)).order_by("-pk")
    if asked.cursor:
        found = found.filter(pk__lt=asked.cursor)
    rows = list(found[: asked.limit + 1])
    following = str(rows[asked.limit - 1].pk) if len(rows) > asked.limit else None
    return {"items": [shown(one) for one in rows[: asked.limit]], "next": following}


@router.get("/imports/targets", response={200: TargetsOut, **REFUSALS})
def list_targets(request: HttpRequest, about: Brought = "contacts") -> Any:
    """What a column can mean. `new:…` makes a field of that type."""
    may_make = policies.may_make_fields(member_of(request))
    found = services.get_kind(about).targets(may_make_fields=may_make)
    items = [{"code": one.code, "label": str(one.label), "group": str(one.group)} for one in found]
    return {"items": items}


@router.post("/imports", response={201: ImportOut, **REFUSALS, 503: Refused})
def create_import(request: HttpRequest, file: Part[UploadedFile], about: Brought = "contacts") -> Any:
    """Send a file of contacts (CSV, XLSX or vCard) or of deals, tasks or products (CSV or XLSX). Nothing comes in before `start`.

    A small file is read at once (`draft`), a large one in a moment (`reading`). What its columns most
    likely mean is guessed.
    """
    if not services.get_kind(about).may(member_of(request)):
        return not_allowed()
    try:
        made = services.begin_import(
            about=about,
            name=file.name or "",
            body=cast("IO[bytes]", file.file),
            size=file.size or 0,
            member=member_of(request),
        )
    except files.FileRefusedError as refused:
        return refusal(422, refused.code, str(refused), "file")
    except blobs.BlobError:
        return refusal(503, "store_away", "The store does not answer. Try again in a moment.")
    return Status(201, shown(made))


@router.get("/imports/{import_id}", response={200: ImportOut, **REFUSALS})
def read_import(request: HttpRequest, import_id: Number) -> Any:
    """How an import stands: state, columns, what would become of its rows, what became of them."""
    found = _seen(request, import_id)
    return shown(found) if found else missing("import")


@router.post("/imports/{import_id}/reading", response={200: ImportOut, **MOVED})
def read_file_again(request: HttpRequest, import_id: Number, payload: ReadingShape) -> Any:
    """Have the file read in another way, before it is started."""
    found = _seen(request, import_id)
    if found is None:
        return missing("import")
    changes = payload.dict(exclude_unset=True, exclude_none=True)
    sheets = found.shape.get("sheets", ())
    if "sheet" in changes and changes["sheet"] not in sheets:
        return refusal(422, "invalid", f"The sheets are: {', '.join(sheets) or 'none'}.", "sheet")
    return _changed(request, found, services.read_again, changes=changes)


@router.post("/imports/{import_id}/columns", response={200: ImportOut, **MOVED})
def set_columns(request: HttpRequest, import_id: Number, payload: ColumnsShape) -> Any:
    """Say what the columns mean, as far as the guess is wrong, and have every row looked at (`checking`).

    Nothing comes in. `preview` and `bad_values` say what was found once the state is `checked`.
    """
    found = _seen(request, import_id)
    if found is None:
        return missing("import")
    member = member_of(request)
    may_make = policies.may_make_fields(member)
    known = {one.code for one in services.kind_of(found).targets(may_make_fields=may_make)}
    for header, code in payload.columns.items():
        if header not in found.headers:
            return refusal(422, "invalid", "The file has no such column.", f"columns.{header}")
        if code and code not in known:
            return refusal(422, "invalid", "Nothing is called so: see /imports/targets.", f"columns.{header}")
    assignee_id = found.assignee_id
    if "assignee_id" in payload.model_fields_set:
        assignee_id = payload.assignee_id
        if assignee_id and not assignable_by(member).filter(pk=assignee_id).exists():
            return refusal(422, "invalid", "There is no such member.", "assignee_id")
    if refused := _nowhere(payload, member):
        return refused
    meant = dict(zip(found.headers, found.mapping, strict=False))
    return _changed(
        request,
        found,
        services.set_columns,
        mapping=[payload.columns.get(header, meant.get(header, "")) for header in found.headers],
        match=payload.match or found.match,
        policy=payload.policy or found.policy,
        tags=payload.tags,
        options=_options(payload, found),
        assignee_id=assignee_id,
        may_make_fields=may_make,
        by=token_actor(request),
    )


@router.post("/imports/{import_id}/fixes", response={200: ImportOut, **MOVED})
def fix_values(request: HttpRequest, import_id: Number, payload: FixesShape) -> Any:
    """Say what stands for values nobody can use (`bad_values`); every row is looked at again."""
    found = _seen(request, import_id)
    if found is None:
        return missing("import")
    fixes: dict[str, dict[str, dict[str, str]]] = {}
    for index, one in enumerate(payload.fixes):
        if one.column not in found.headers:
            return refusal(422, "invalid", "The file has no such column.", f"fixes.{index}.column")
        place = str(found.headers.index(one.column))
        told: dict[str, str] = {"act": one.act}
        if one.act == "to":
            told["to"] = one.to.strip()
        fixes.setdefault(place, {})[one.value] = told
    return _changed(request, found, services.fix_values, fixes=fixes)


@router.post("/imports/{import_id}/acts/{act}", response={200: ImportOut, **MOVED})
def act(request: HttpRequest, import_id: Number, act: Act) -> Any:
    """Start what was checked; pause, resume or stop what runs; undo what came in.

    `undo` restores whom the import changed and deletes whom it made, unless somebody touched them since.
    """
    found = _seen(request, import_id)
    return _changed(request, found, ACTS[act]) if found else missing("import")


@router.get("/imports/{import_id}/rows", response={200: RowsOut, **REFUSALS})
def list_rows(request: HttpRequest, import_id: Number, asked: Query[RowsAsked]) -> Any:
    """What became of each row, in the order of the file; `cursor` is the number of the last one seen."""
    if _seen(request, import_id) is None:
        return missing("import")
    found = ImportRow.objects.filter(batch_id=import_id).order_by("number")
    if asked.outcome:
        found = found.filter(outcome=asked.outcome)
    if asked.cursor:
        found = found.filter(number__gt=min(asked.cursor, 2**31 - 1))
    rows = list(
        found.values("id", "number", "outcome", "contact_id", "record_id", "reason", "undone", "note")[
            : asked.limit + 1
        ]
    )
    following = str(rows[asked.limit - 1]["number"]) if len(rows) > asked.limit else None
    return {"items": rows[: asked.limit], "next": following}


@router.get("/imports/{import_id}/errors", include_in_schema=False)
def errors(request: HttpRequest, import_id: Number) -> Any:
    """The rows that failed, with their reasons, as a file that can be mended and sent again."""
    found = _seen(request, import_id)
    if found is None or found.errors is None:
        raise HttpError(404, "There is no such file.")
    return send_errors(request, found)


def shown(given: Import) -> dict[str, Any]:
    """An import as a program reads it."""
    report = given.report if "created" in given.report else None
    names = ("id", "about", "name", "state", "reason", "match", "policy", "assignee_id", "total")
    moments = ("created_at", "started_at", "ended_at")
    return {
        **{name: getattr(given, name) for name in (*names, *moments)},
        "layout": layouts.NAMES.get(given.layout, ""),
        "reading": given.shape,
        "columns": [
            {"header": one["header"], "target": one["target"], "sample": one["cells"]}
            for one in preview.columns(given, given.mapping)
        ],
        "done": given.done_count,
        "preview": report,
        "bad_values": [
            {
                "column": one["header"],
                "value": value["raw"],
                "count": value["count"],
                "reason": value["why"],
                "is_fatal": value["is_fatal"],
            }
            for one in preview.bad_columns(given, services.kind_of(given).fields())
            for value in one["values"]
        ],
        "result": {
            name: getattr(given, f"{name}_count")
            for name in ("created", "updated", "skipped", "failed", "undone", "kept")
        },
        "has_errors": given.errors_id is not None,
    }


def _nowhere(payload: ColumnsShape, member: Membership) -> Any:
    """The refusal of a stage or a step that there is not."""
    if payload.stage_id and not enterable(member).filter(pk=payload.stage_id).exists():
        return refusal(422, "invalid", "There is no such stage.", "stage_id")
    steps = Step.objects.filter(board__in=boards_of(member))
    if payload.step_id and not steps.filter(pk=payload.step_id).exists():
        return refusal(422, "invalid", "There is no such step.", "step_id")
    return None


def _options(payload: ColumnsShape, found: Import) -> dict[str, Any]:
    """What an import of deals, tasks or contacts asks besides."""
    said: dict[str, Any] = {
        "stage": payload.stage_id,
        "begins_rules": payload.begins_rules,
        "step": payload.step_id,
    }
    said["consent_basis"] = payload.consent_basis
    return {**found.options, **{name: value for name, value in said.items() if value is not None}}


def _seen(request: HttpRequest, import_id: int) -> Import | None:
    found: Import | None = policies.imports_visible_to(member_of(request)).filter(pk=import_id).first()
    return found


def _changed(request: HttpRequest, found: Import, change: Any, **told: Any) -> Any:
    """The import after a change, or why it cannot be."""
    try:
        change(import_id=found.pk, **told)
    except services.ImportMovedError:
        return refusal(409, "moved_on", f"The import is {found.state}: that cannot be done now.")
    except services.ImportRefusedError as refused:
        return refusal(422, "invalid", str(refused), refused.field)
    except contacts.FieldRefusedError as refused:
        return refusal(422, "invalid", str(refused), "columns")
    except contacts.TagRefusedError as refused:
        return refusal(422, "invalid", str(refused), "tags")
    return shown(policies.imports_visible_to(member_of(request)).get(pk=found.pk))
