"""The fields of a board on a task, changed where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from afluente.contacts import selectors as fields
from afluente.contacts import services as contacts
from afluente.kernel import htmx
from afluente.tasks import services
from afluente.tasks.views import asking

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request

ADDRESSES = {"url_name": "tasks:value", "page_name": "tasks:task"}


@require_http_methods(["GET", "POST"])
def value(request: Request, pk: int, attribute: int) -> HttpResponse:
    """The value of a field (`?shown`), the box in which it is changed, and changing it."""
    task = asking.editable(request, pk)
    field = fields.find_field(fields.fields_for("task", task.board_id), attribute)
    if field is None or field.is_archived:
        raise Http404
    if request.method == "GET":
        return _draw(request, pk, field, is_open="shown" not in request.GET)
    typed = fields.typed_value(request.POST, field)
    try:
        services.change_value(
            task=task,
            field_id=attribute,
            value=contacts.read_value(field, typed, fields.home()),
            by=asking.by(request),
            seen=request.POST.get("seen"),
        )
    except contacts.ValueRefusedError as refused:
        return _draw(request, pk, field, is_open=True, typed=typed, error=refused.advice)
    except services.ChangedMeanwhileError as changed:
        said = gettext("Somebody else changed this to {now} meanwhile.").format(now=changed.present)
        return _draw(request, pk, field, is_open=True, typed=typed, error=said)
    if not htmx.wants_fragment(request):
        return asking.see_other(reverse("tasks:task", args=[pk]))
    return htmx.trigger(_draw(request, pk, field, is_open=False), "af:tasks", {})


def _draw(
    request: Request,
    pk: int,
    field: fields.KnownField,
    *,
    is_open: bool,
    typed: Any = None,
    error: str = "",
) -> HttpResponse:
    held = fields.held_values("task", [pk], [field.id]).get(pk, {}).get(field.id)
    context = {"value": fields.CardValue(field=field, held=held), "contact_id": pk, "is_back": True}
    if is_open:
        context |= {"form": fields.value_form(field, held, typed), "error": error}
    fragment, status = "editor" if is_open else "shown", 422 if error else 200
    return htmx.respond(request, "contacts/value.html", context | ADDRESSES, fragment=fragment, status=status)
