"""What the pages of imports have in common."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from afluente.files.views import serving
from afluente.kernel import blobs, htmx
from afluente.transfer import policies
from afluente.transfer.models import Import
from afluente.transfer.selectors import wording

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.http import HttpRequest

    from afluente.accounts.requests import Request

STEPS = (
    ("file", _("File")),
    ("columns", _("Columns")),
    ("values", _("Values")),
    ("import", _("Preview and run")),
)


def import_seen(request: Request, pk: int) -> Import:
    """Raises Http404 when the member does not see it, PermissionDenied when they may not import at all."""
    if not policies.may_import(request.member):
        raise PermissionDenied
    found: Import = get_object_or_404(policies.imports_visible_to(request.member), pk=pk)
    return found


def send_errors(request: HttpRequest, given: Import) -> HttpResponse:
    """The rows of an import that failed, with their reasons in the reader's language. Raises Http404."""
    if given.errors is None:
        raise Http404
    try:
        body = wording.reworded(given)
    except blobs.BlobError:  # said by who sends it as it is
        body = None
    if body is None:
        return serving.send(request, given.errors)
    return serving.send_text(request, given.errors.name, body)


def steps(given: Import, current: str) -> list[dict[str, Any]]:
    """The four steps with their addresses; those that cannot be opened yet have none."""
    open_to = {
        Import.State.READING: 1,
        Import.State.FAILED: 1,
        Import.State.DRAFT: 2,
        Import.State.CHECKING: 4,
        Import.State.CHECKED: 4,
    }.get(Import.State(given.state), 0)
    return [
        {
            "number": number,
            "label": label,
            "url": reverse(f"transfer:{name}", args=[given.pk]) if number <= open_to else "",
            "is_current": name == current,
        }
        for number, (name, label) in enumerate(STEPS, start=1)
    ]


def as_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a page that asks again by itself go on to the next step as a page. A redirect would put the
    next page, or a part of it, into the element that asked.
    """

    @wraps(view)
    def answer(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseRedirect) and htmx.wants_fragment(request):
            return HttpResponse(status=204, headers={"HX-Redirect": response.url})
        return response

    return answer


def to(name: str, given: Import) -> HttpResponse:
    """Go to a step."""
    return HttpResponseRedirect(reverse(f"transfer:{name}", args=[given.pk]), status=303)
