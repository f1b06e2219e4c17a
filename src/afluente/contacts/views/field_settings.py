"""Settings: the fields of contacts and companies, their choices and headings (SP-224)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.accounts.policies import may_configure
from afluente.accounts.views.gates import only
from afluente.contacts import forms, selectors, services
from afluente.contacts.models import Field, FieldTab
from afluente.contacts.views.contact import actor_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from afluente.accounts.requests import Request


@only(may_configure)
@require_http_methods(["GET", "HEAD", "POST"])
def fields(request: Request) -> HttpResponse:
    """The fields of a kind of record (`of`), and within it of one pipeline or board (`in`).

    POST makes one, or says their order.
    """
    subject, scope_id = _asked(request.GET)
    entity = subject.entity
    is_order = bool({"order", "up", "down"} & request.POST.keys())
    data = request.POST if request.method == "POST" and not is_order else None
    form = forms.FieldProperties(data, tabs=selectors.tabs_of())
    known = selectors.fields_of(entity, scope_id)
    if is_order:
        shown = [field.id for field in known if not field.is_archived]
        ids = _order(shown, request.POST)
        services.order_fields(entity=entity, scope_id=scope_id, ids=ids, by=actor_of(request))
        return _to(_list_url(entity, scope_id))
    if data is not None and form.is_valid():
        try:
            made = services.create_field(
                entity=entity, scope_id=scope_id, **form.properties(), by=actor_of(request)
            )
        except services.FieldRefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, gettext("Field {name} made").format(name=made.name))
            return _to(_list_url(entity, scope_id))
    context = {
        "subject": subject,
        "subjects": selectors.field_subjects(),
        "scopes": subject.scopes() if subject.scopes else [],
        "scope_id": scope_id,
        "here": _list_url(entity, scope_id),
        "fields": [field for field in known if not field.is_archived],
        "archived": [field for field in known if field.is_archived],
        "form": form,
        "tabs": selectors.tabs_of(),
    }
    return render(request, "contacts/field_list.html", context, status=422 if form.errors else 200)


@only(may_configure)
@require_http_methods(["GET", "HEAD", "POST"])
def field(request: Request, pk: int) -> HttpResponse:
    """One field: what it is called and how it is shown (POST), its choices, its end."""
    known = _known(pk)
    form = _form(request.POST if request.method == "POST" else None, known)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_field(field_id=pk, changes=form.properties(), by=actor_of(request))
        except services.FieldRefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, gettext("Saved. Every card shows it now"))
            return _to(_list_url(known.entity, known.scope_id))
    return _draw(request, known, form, _lines(known))


@only(may_configure)
@require_POST
def options(request: Request, pk: int) -> HttpResponse:
    """The choices of a list: with `add`, `drop`, `up` or `down` drawn anew, otherwise saved."""
    known = _known(pk)
    lines = _typed(request.POST)
    error = ""
    if not {"add", "drop", "up", "down", "offer"} & request.POST.keys():
        drafts = [services.OptionDraft(**line) for line in lines]
        try:
            kept = services.save_options(field_id=pk, drafts=drafts, by=actor_of(request))
        except services.FieldRefusedError as refused:
            error = str(refused)
        else:
            said = gettext("Saved")
            if kept:
                said = gettext("Saved. Not offered any more, and kept where it is: {choices}")
            messages.success(request, said.format(choices=", ".join(kept)))
            return _to(reverse("contacts:field_edit", args=[pk]))
    return _draw(request, known, _form(None, known), _rearranged(lines, request.POST), error, is_draft=True)


@only(may_configure)
@require_POST
def state(request: Request, pk: int) -> HttpResponse:
    """Show a field, hide it, or put it into the archive."""
    known = _known(pk)
    wanted = request.POST.get("state", "")
    if wanted not in Field.State.values:
        raise Http404
    services.set_field_state(field_id=pk, state=wanted, by=actor_of(request))
    said = {
        "active": gettext("{name} is shown"),
        "hidden": gettext("{name} is hidden from cards and forms"),
        "archived": gettext("{name} is in the archive; its values are kept"),
    }
    messages.success(request, said[wanted].format(name=known.name))
    return _to(_list_url(known.entity, known.scope_id))


@only(may_configure)
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: Request, pk: int) -> HttpResponse:
    """Say where a field is used and how much is in it; POST deletes it with all values."""
    known = _known(pk)
    if request.method == "POST":
        services.delete_field(field_id=pk, by=actor_of(request))
        messages.success(request, gettext("Field {name} deleted").format(name=known.name))
        return _to(_list_url(known.entity, known.scope_id))
    count = selectors.stored_count(known)
    context = {
        "field": known,
        "uses": selectors.uses_of(known),
        "count": min(count, selectors.COUNTED_TO),
        "is_more": count > selectors.COUNTED_TO,
    }
    return render(request, "contacts/field_deletion.html", context)


@only(may_configure)
@require_http_methods(["GET", "HEAD", "POST"])
def tabs(request: Request) -> HttpResponse:
    """The headings under which fields stand; POST makes one, or says their order."""
    if {"order", "up", "down"} & request.POST.keys():
        ids = [tab.pk for tab in selectors.tabs_of()]
        services.order_tabs(ids=_order(ids, request.POST), by=actor_of(request))
        return _to(reverse("contacts:field_tabs"))
    return _name_tab(request, None)


@only(may_configure)
@require_http_methods(["GET", "HEAD", "POST"])
def tab(request: Request, pk: int) -> HttpResponse:
    """Another name for a heading; with `delete` it goes, and its fields stand under General."""
    found = get_object_or_404(FieldTab, pk=pk)
    if request.method == "POST" and "delete" in request.POST:
        services.delete_tab(tab_id=pk, by=actor_of(request))
        return _to(reverse("contacts:field_tabs"))
    return _name_tab(request, found)


def _name_tab(request: Request, found: FieldTab | None) -> HttpResponse:
    form = forms.TabName(
        request.POST if request.method == "POST" else None, initial={"name": found.name if found else ""}
    )
    if request.method == "POST" and form.is_valid():
        number = found.pk if found else None
        try:
            services.save_tab(tab_id=number, name=form.cleaned_data["name"], by=actor_of(request))
            return _to(reverse("contacts:field_tabs"))
        except services.FieldRefusedError as refused:
            form.add_error("name", str(refused))
    context = {"tabs": selectors.tabs_of(), "tab": found, "form": form}
    return render(request, "contacts/field_tabs.html", context, status=422 if form.errors else 200)


def _known(pk: int) -> selectors.KnownField:
    row = get_object_or_404(Field, pk=pk)
    found = selectors.find_field(selectors.fields_of(row.entity, row.scope_id), pk)
    if found is None:
        raise Http404
    return found


def _form(data: QueryDict | None, known: selectors.KnownField) -> forms.FieldProperties:
    names = ("name", "kind", "format", "is_required", "is_on_card", "tab_id")
    initial = {name: getattr(known, name) for name in names}
    is_open = not known.has_options and not selectors.has_values(known)
    form = forms.FieldProperties(data, initial=initial, tabs=selectors.tabs_of(), is_kind_open=is_open)
    form.fields.pop("options", None)
    return form


def _draw(
    request: Request,
    known: selectors.KnownField,
    form: forms.FieldProperties,
    lines: Sequence[dict[str, Any]],
    error: str = "",
    *,
    is_draft: bool = False,
) -> HttpResponse:
    context = {
        "field": known,
        "list_url": _list_url(known.entity, known.scope_id),
        "form": form,
        "lines": lines,
        "error": error,
        "is_draft": is_draft,
        "is_text": known.kind == Field.Kind.TEXT,
        "is_box": known.kind == Field.Kind.CHECKBOX,
    }
    status = 422 if form.errors or error else 200
    return render(request, "contacts/field_edit.html", context, status=status)


def _lines(known: selectors.KnownField) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "label": one.label, "color": one.color, "is_archived": one.is_archived}
        for one in known.options
    ]


def _typed(data: QueryDict) -> list[dict[str, Any]]:
    """The lines of the editor, in the order of the page: dragging moves their inputs along."""
    columns = [data.getlist(name) for name in ("option", "label", "color", "archived")]
    return [
        {
            "id": _number(number),
            "label": label,
            "color": _number(color),
            "is_archived": archived == "1",
        }
        for number, label, color, archived in zip(*columns, strict=False)
    ]


def _rearranged(lines: list[dict[str, Any]], data: QueryDict) -> list[dict[str, Any]]:
    found = list(lines)
    for act, step in (("up", -1), ("down", 1)):
        at = _number(data.get(act))
        if at is not None and at < len(found) and 0 <= at + step < len(found):
            found.insert(at + step, found.pop(at))
    at = _number(data.get("drop"))
    if at is not None and at < len(found):
        found.pop(at)
    at = _number(data.get("offer"))
    if at is not None and at < len(found):
        found[at]["is_archived"] = not found[at]["is_archived"]
    if "add" in data:
        found.append({"id": None, "label": "", "color": None, "is_archived": False})
    return found


def _order(present: Sequence[int], data: QueryDict) -> list[int]:
    """The order that was dragged (`order=3,1,2`), or with one row a place up or down."""
    if "order" in data:
        return [number for part in str(data["order"]).split(",") if (number := _number(part)) is not None]
    ids = list(present)
    for act, step in (("up", -1), ("down", 1)):
        number = _number(data.get(act))
        if number in ids and 0 <= ids.index(number) + step < len(ids):
            place = ids.index(number)
            ids.insert(place + step, ids.pop(place))
    return ids


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None


def _asked(data: QueryDict) -> tuple[selectors.FieldSubject, int | None]:
    """Whose fields the address asks for; those of contacts unless it says otherwise."""
    subject = selectors.field_subject(data.get("of", "")) or selectors.field_subjects()[0]
    scope_id = _number(data.get("in"))
    if not subject.has_scope(scope_id):
        raise Http404
    return subject, scope_id


def _list_url(entity: str, scope_id: int | None = None) -> str:
    url = reverse("contacts:field_list")
    if scope_id is not None:
        return f"{url}?of={entity}&in={scope_id}"
    return url if entity == selectors.CONTACT else f"{url}?of={entity}"


def _to(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)
