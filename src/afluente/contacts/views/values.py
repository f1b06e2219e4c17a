"""What a contact has in its fields, where they are, and new fields: changed in place on the card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.accounts.policies import may_configure
from afluente.contacts import forms, policies, selectors, services
from afluente.contacts.views.contact import actor_of, answer, changed_since
from afluente.kernel import htmx
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.contacts.models import Contact


@require_http_methods(["GET", "POST"])
def value(request: Request, pk: int, attribute: int) -> HttpResponse:
    """The value of a field (`?shown`), the box in which it is changed, and changing it."""
    _editable(request, pk)
    field = _field(attribute)
    if request.method == "GET":
        return _value_shown(request, pk, field) if "shown" in request.GET else _editor(request, pk, field)
    typed, error = typed_value(request, field), ""
    try:
        wanted = services.read_value(field, typed, selectors.home())
        event = services.change_value(
            contact_id=pk,
            field_id=attribute,
            value=wanted,
            by=actor_of(request),
            seen=request.POST.get("seen"),
        )
        return _told(request, pk, field.name, event, _value_shown(request, pk, field))
    except services.ValueRefusedError as refused:
        error = refused.advice
    except services.ChangedMeanwhileError as changed:
        error = gettext("Somebody else changed this to {now} meanwhile.").format(now=changed)
    return _editor(request, pk, field, typed=typed, error=error)


@require_http_methods(["GET", "POST"])
def detail(request: Request, pk: int, part: str) -> HttpResponse:
    """Location or address: shown, its box, and changing it."""
    contact = _editable(request, pk)
    if part not in services.PARTS:
        raise Http404
    if request.method == "GET":
        if "shown" in request.GET:
            return _detail_shown(request, pk, part)
        return _detail_editor(request, contact, part, getattr(contact, part), "")
    typed = request.POST.get("typed", "")
    try:
        event = services.change_place(
            contact_id=pk,
            part=cast("Any", part),
            value=typed,
            by=actor_of(request),
            seen=request.POST.get("seen"),
        )
    except services.ChangedMeanwhileError as changed:
        contact.refresh_from_db()
        error = gettext("Somebody else changed this to {now} meanwhile.").format(now=changed)
        return _detail_editor(request, contact, part, typed, error)
    return _told(request, pk, _part_label(part), event, _detail_shown(request, pk, part))


@require_http_methods(["GET", "POST"])
def fields(request: Request, pk: int) -> HttpResponse:
    """The box for a new field, on the card of a contact, and making it (SP-159)."""
    _editable(request, pk)
    if not may_configure(request.member):
        raise Http404
    form = forms.NewField(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.create_field(**form.properties(), by=actor_of(request))
            return answer(request, pk)
        except services.FieldRefusedError as refused:
            form.refuse(refused)
    context = {"contact_id": pk, "form": form}
    status = 422 if form.errors else 200
    return htmx.respond(request, "contacts/field_new.html", context, fragment="editor", status=status)


@require_POST
def undo(request: Request, pk: int, change: int) -> HttpResponse:
    """Take back one change of the contact's fields, location or address."""
    _editable(request, pk)
    event = get_object_or_404(Event, pk=change, contact_id=pk, kind="contact.changed")
    with transaction.atomic():
        count = services.undo_changes(event_ids=[event.pk], by=actor_of(request))
    if not count:
        return changed_since()
    if not htmx.wants_fragment(request):
        return htmx.trigger(HttpResponse(status=204), "af:history", {})
    return answer(request, pk)


def _editable(request: Request, pk: int) -> Contact:
    return get_object_or_404(policies.editable_by(request.member), pk=pk)


def _field(number: int) -> selectors.KnownField:
    found = selectors.find_field(selectors.fields_of(selectors.CONTACT), number)
    if found is None or found.is_archived:
        raise Http404
    return found


def typed_value(request: Request, field: selectors.KnownField) -> Any:
    """What was typed into the boxes of a field, for `services.read_value`."""
    return selectors.typed_value(request.POST, field)


def _held(pk: int, field: selectors.KnownField) -> selectors.CardValue:
    held = selectors.held_values(selectors.CONTACT, [pk], [field.id])
    return selectors.CardValue(field=field, held=held.get(pk, {}).get(field.id))


def _told(request: Request, pk: int, label: str, event: int | None, response: HttpResponse) -> HttpResponse:
    """What was changed, as drawn, with a way back when there was a change."""
    if not htmx.wants_fragment(request):
        return redirect("contacts:contact", pk)
    if event is None:
        return response
    url = reverse("contacts:undo", args=[pk, event])
    return htmx.toast(response, gettext("{field} changed").format(field=label), undo_url=url)


def _value_shown(request: Request, pk: int, field: selectors.KnownField) -> HttpResponse:
    context = {"value": _held(pk, field), "contact_id": pk, "is_back": "left" not in request.POST}
    return htmx.respond(request, "contacts/value.html", context, fragment="shown")


def _editor(
    request: Request, pk: int, field: selectors.KnownField, *, typed: Any = None, error: str = ""
) -> HttpResponse:
    present = _held(pk, field)
    form = forms.value_form(field, present.held, typed)
    if error:
        described = {"aria-invalid": "true", "aria-describedby": f"value-{field.id}-error"}
        form.fields["typed"].widget.attrs |= described
    context = {"value": present, "contact_id": pk, "form": form, "error": error}
    status = 422 if error else 200
    return htmx.respond(request, "contacts/value.html", context, fragment="editor", status=status)


def _detail_shown(request: Request, pk: int, part: str) -> HttpResponse:
    contact = _editable(request, pk)
    context = {
        "contact_id": pk,
        "part": part,
        "shown": getattr(contact, part),
        "is_back": "left" not in request.POST,
    }
    return htmx.respond(
        request, "contacts/detail.html", context | {"label": _part_label(part)}, fragment="shown"
    )


def _detail_editor(request: Request, contact: Contact, part: str, typed: str, error: str) -> HttpResponse:
    context = {
        "contact_id": contact.pk,
        "part": part,
        "label": _part_label(part),
        "shown": getattr(contact, part),
        "typed": typed,
        "limit": services.PARTS[cast("Any", part)],
        "error": error,
    }
    status = 422 if error else 200
    return htmx.respond(request, "contacts/detail.html", context, fragment="editor", status=status)


def _part_label(part: str) -> str:
    return gettext("Location") if part == "location" else pgettext("of a person", "Address")
