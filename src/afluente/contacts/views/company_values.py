"""What a company has in its fields: changed in place on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from afluente.contacts import forms, policies, selectors, services
from afluente.contacts.views.company_fields import told
from afluente.contacts.views.contact import actor_of
from afluente.contacts.views.values import typed_value
from afluente.kernel import htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

ADDRESSES = {"url_name": "contacts:company_value", "page_name": "contacts:company"}


@require_http_methods(["GET", "POST"])
def value(request: Request, pk: int, attribute: int) -> HttpResponse:
    """The value of a field (`?shown`), the box in which it is changed, and changing it."""
    get_object_or_404(policies.companies_editable_by(request.member), pk=pk)
    field = selectors.find_field(selectors.fields_of(selectors.COMPANY), attribute)
    if field is None or field.is_archived:
        raise Http404
    if request.method == "GET":
        return _draw(request, pk, field, is_open="shown" not in request.GET)
    typed = typed_value(request, field)
    try:
        event = services.change_company_value(
            company_id=pk,
            field_id=attribute,
            value=services.read_value(field, typed, selectors.home()),
            by=actor_of(request),
            seen=request.POST.get("seen"),
        )
    except services.ValueRefusedError as refused:
        return _draw(request, pk, field, is_open=True, typed=typed, error=refused.advice)
    except services.ChangedMeanwhileError as changed:
        error = gettext("Somebody else changed this to {now} meanwhile.").format(now=changed)
        return _draw(request, pk, field, is_open=True, typed=typed, error=error)
    if not htmx.wants_fragment(request):
        return redirect("contacts:company", pk)
    return told(request, pk, field.name, event, _draw(request, pk, field, is_open=False))


def _draw(
    request: Request,
    pk: int,
    field: selectors.KnownField,
    *,
    is_open: bool,
    typed: Any = None,
    error: str = "",
) -> HttpResponse:
    held = selectors.held_values(selectors.COMPANY, [pk], [field.id]).get(pk, {}).get(field.id)
    context = {
        "value": selectors.CardValue(field=field, held=held),
        "contact_id": pk,
        "is_back": "left" not in request.POST,
    }
    if is_open:
        context |= {"form": forms.value_form(field, held, typed), "error": error}
    fragment, status = "editor" if is_open else "shown", 422 if error else 200
    return htmx.respond(request, "contacts/value.html", context | ADDRESSES, fragment=fragment, status=status)
