"""An import once its rows are known: preview, progress, what became of it, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from afluente.kernel import htmx
from afluente.transfer import selectors, services
from afluente.transfer.models import Import
from afluente.transfer.selectors import preview
from afluente.transfer.views import asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.requests import Request

ACTS: dict[str, Callable[..., Any]] = {
    "start": services.start_import,
    "pause": services.pause_import,
    "resume": services.resume_import,
    "stop": services.cancel_import,
    "undo": services.undo_import,
}


@require_safe
@asked.as_page
def show(request: Request, pk: int) -> HttpResponse:
    """Preview, progress or result, whichever it has come to; the page asks again while it moves."""
    given = asked.import_seen(request, pk)
    if given.state == Import.State.DRAFT:
        return asked.to("columns", given)
    if given.state == Import.State.READING or (given.state == Import.State.FAILED and not given.started_at):
        return asked.to("file", given)
    kind = services.kind_of(given)
    bad = preview.bad_columns(given, kind.fields())
    context = {
        "given": given,
        "steps": asked.steps(given, "import"),
        "is_busy": given.state in Import.BUSY,
        "is_stalled": selectors.is_stalled(given),
        "share": selectors.share(given),
        "samples": preview.samples(given),
        "reasons": preview.reasons(given),
        "rows": selectors.problem_rows(given),
        "kind": kind,
        "seen_url": kind.seen_url(given),
        "fatal": sum(1 for one in bad for value in one["values"] if value["is_fatal"]),
    }
    return htmx.respond(request, "transfer/import.html", context, fragment="state")


@require_safe
def errors(request: Request, pk: int) -> HttpResponse:
    """Download the rows that failed, with their reasons."""
    return asked.send_errors(request, asked.import_seen(request, pk))


@require_POST
def act(request: Request, pk: int, act: str) -> HttpResponse:
    """Start, pause, resume, stop or take back."""
    given = asked.import_seen(request, pk)
    if act not in ACTS:
        raise Http404
    try:
        ACTS[act](import_id=given.pk)
    except services.ImportMovedError:
        messages.info(request, gettext("The import has moved on. This is how it stands now."))
    except services.ImportRefusedError as refused:
        messages.error(request, str(refused))
    return asked.to("import", given)
