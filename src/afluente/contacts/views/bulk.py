"""Changing the contacts picked in the list: asked, looked at, done, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Lower
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.accounts.policies import assignees_named_to
from afluente.contacts import forms, policies, selectors, services
from afluente.contacts.models import BulkChange, Company, Tag
from afluente.contacts.selectors import Selection
from afluente.contacts.selectors.columns import FIELD
from afluente.contacts.selectors.saved import canonical
from afluente.contacts.services import bulk, bulk_asking, bulk_companies
from afluente.contacts.services.bulk_kinds import Change
from afluente.contacts.views import handing
from afluente.contacts.views.contact import actor_of
from afluente.kernel import htmx, slots
from afluente.ui import formats

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

    from afluente.accounts.requests import Request

SHOWN = 30
OFFERED = 200


@require_http_methods(["GET", "POST"])
def changes(request: Request) -> HttpResponse:
    """GET: what this person changed of many. POST: the form for those picked (`do=edit:what`), what it
    would do (`preview`), making the tag or company that is missing (`make`), or doing it (`run`).
    """
    if not policies.may_list(request.member):
        raise PermissionDenied
    if request.method == "GET":
        rows = _own(request).order_by("-pk")[:SHOWN]
        lines = [(row, _words(row)) for row in rows]
        return render(request, "contacts/bulk_list.html", {"lines": lines})
    selection = Selection.read(request.POST)
    if not selection:
        messages.error(request, gettext("Pick contacts first: tick the boxes before their names."))
        return _to(request, _list_url(request))
    act, _, what = (request.POST.get("do") or request.GET.get("do", "edit")).partition(":")
    if act == "make":
        return _make(request, selection)
    if act == "run":
        return _run(request, selection)
    return _draw(request, selection, what or request.POST.get("what", ""), is_asked=act == "preview")


def _draw(
    request: Request,
    selection: Selection,
    what: str,
    *,
    is_asked: bool,
    error: str = "",
    given: QueryDict | None = None,
) -> HttpResponse:
    """The form, and under it what would happen once that can be said."""
    data = (given or request.POST).copy()
    context = _form(request, selection, what, data) | {"preview": None, "error": error, "may_make": False}
    if is_asked or what == "delete":
        data["what"] = what
        try:
            change = bulk_asking.read_change(data, member=request.member)
            context["preview"] = bulk_asking.preview(
                selection=selection, change=change, member=request.member
            )
        except bulk_asking.BulkRefusedError as refused:
            context["error"] = str(refused)
            context["may_make"] = isinstance(
                refused, bulk_asking.UnknownCompanyError
            ) and policies.may_create_companies(request.member)
    fragment = "preview" if is_asked and htmx.target_id(request) == "bulk-preview" else "form"
    return htmx.respond(request, "contacts/bulk.html", context, fragment=fragment)


def _make(request: Request, selection: Selection) -> HttpResponse:
    """The form again, with a new tag ticked, or with a company that there is now."""
    data, error = request.POST.copy(), ""
    what = data.get("what", "")
    try:
        if what == "tags":
            made = services.ensure_tags(names=[data.get("new_tag", "")], by=actor_of(request))
            data.setlist("tag", [*data.getlist("tag"), *(str(tag.pk) for tag in made)])
        elif what == "company" and policies.may_create_companies(request.member):
            services.ensure_company(name=data.get("typed", ""), by=actor_of(request))
    except (services.TagRefusedError, services.CompanyRefusedError) as refused:
        error = str(refused)
    return _draw(request, selection, what, is_asked=not error, error=error, given=data)


def _form(request: Request, selection: Selection, what: str, data: QueryDict) -> dict[str, Any]:
    field = bulk_asking.field_asked(what)
    typed = data.getlist("typed") if field and field.kind == "multiselect" else None
    count, is_more = selection.count(member=request.member)
    return {
        "selection": selection,
        "count": count,
        "is_more": is_more,
        "what": what,
        "field": field,
        "form": forms.value_form(field, None, typed or data.get("typed")) if field else None,
        "fields": [(f"{FIELD}{one.id}", one) for one in _fields()],
        "people": assignees_named_to(request.member) if what == "assignee" else (),
        "tags": Tag.objects.order_by(Lower("name")) if what == "tags" else (),
        "companies": _companies(request) if what == "company" else (),
        "position": data.get("position", ""),
        "chosen": data.getlist("tag"),
        "op": data.get("op", ""),
        "typed": data.get("typed", ""),
        "query": canonical(data.get("back", data.get("query", ""))),
        "warnings": slots.parts("contacts.deletion", member=request.member) if what == "delete" else (),
    }


def _companies(request: Request) -> list[Company]:
    """Names to be offered while one is typed: the last that were made."""
    return list(policies.companies_visible_to(request.member).order_by("-pk")[:OFFERED])


def _fields() -> list[selectors.KnownField]:
    return [field for field in selectors.fields_of(selectors.CONTACT) if field.is_active]


def _run(request: Request, selection: Selection) -> HttpResponse:
    try:
        change = bulk_asking.read_change(request.POST, member=request.member)
    except bulk_asking.BulkRefusedError:
        return _draw(request, selection, request.POST.get("what", ""), is_asked=True)
    done = bulk.bulk_change(selection=selection, change=change, member=request.member, by=actor_of(request))
    if done.is_busy:
        return _to(request, reverse("contacts:bulk_change", args=[done.pk]))
    undo = reverse("contacts:bulk_undo", args=[done.pk])
    messages.success(request, said(done), extra_tags=f"undo:{undo}" if done.changed else "")
    return _to(request, _list_url(request))


@require_safe
def change(request: Request, pk: int) -> HttpResponse:
    """How far a change has come; asked again every second while it runs."""
    found = get_object_or_404(_own(request), pk=pk)
    context = {
        "bulk": found,
        "words": _words(found),
        "said": said(found),
        "done": found.restored + found.kept if found.state == "undoing" else found.seen,
        "total": found.changed if found.state == "undoing" else found.total,
        "list_url": reverse("contacts:bulk"),
        "here": reverse("contacts:bulk_change", args=[pk]),
        "undo_url": reverse("contacts:bulk_undo", args=[pk]),
        "home_url": _home(found),
        "home": gettext("To the companies") if _is_of_companies(found) else gettext("To the contacts"),
    }
    return htmx.respond(request, "contacts/bulk_change.html", context, fragment="progress")


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a change back, as far as nobody has changed the same since."""
    get_object_or_404(_own(request), pk=pk)
    found = bulk.undo_bulk(bulk_id=pk, by=actor_of(request))
    if found is None:
        raise Http404
    if request.headers.get("X-Requested-With") == "fetch" and not found.is_busy:
        return htmx.toast(htmx.trigger(HttpResponse(status=204), "af:columns", {}), said(found))
    if not found.is_busy:
        messages.success(request, said(found))
        return _to(request, _home(found))
    return _to(request, reverse("contacts:bulk_change", args=[pk]))


def said(done: BulkChange) -> str:
    """What became of a change, in a sentence or two."""
    if _is_of_companies(done):
        return handing.said(done)
    if done.state in {BulkChange.State.UNDOING, BulkChange.State.UNDONE}:
        parts = [
            ngettext("{n} contact is as it was", "{n} contacts are as they were", done.restored).format(
                n=formats.number(done.restored)
            )
        ]
        if done.kept:
            kept = ngettext("{n} was changed since and stays", "{n} were changed since and stay", done.kept)
            parts.append(kept.format(n=formats.number(done.kept)))
        return ". ".join(parts)
    if done.change["kind"] == "delete":
        parts = [
            ngettext("Deleted {n} contact", "Deleted {n} contacts", done.changed).format(
                n=formats.number(done.changed)
            )
        ]
    else:
        parts = [
            ngettext("Changed {n} contact", "Changed {n} contacts", done.changed).format(
                n=formats.number(done.changed)
            )
        ]
    if done.same:
        parts.append(
            ngettext("{n} was so already", "{n} were so already", done.same).format(
                n=formats.number(done.same)
            )
        )
    if done.refused:
        parts.append(
            ngettext("{n} you may not change", "{n} you may not change", done.refused).format(
                n=formats.number(done.refused)
            )
        )
    return ". ".join(parts)


def _own(request: Request) -> QuerySet[BulkChange]:
    """What this person changed of many contacts, or of many companies."""
    shown = (bulk.CONTACT, bulk_companies.COMPANY)
    found: QuerySet[BulkChange] = BulkChange.objects.filter(member=request.member, entity__in=shown)
    return found


def _is_of_companies(done: BulkChange) -> bool:
    return done.entity == bulk_companies.COMPANY


def _words(done: BulkChange) -> str:
    words = bulk_companies.words_of if _is_of_companies(done) else bulk_asking.words_of
    return words(Change(**done.change))


def _home(done: BulkChange) -> str:
    return reverse("contacts:companies") if _is_of_companies(done) else reverse("contacts:list")


def _list_url(request: Request) -> str:
    query = canonical(request.POST.get("back", request.POST.get("query", "")))
    return reverse("contacts:list") + (f"?{query}" if query else "")


def _to(request: Request, url: str) -> HttpResponse:
    if not htmx.wants_fragment(request):
        return redirect(url)
    return HttpResponse(status=204, headers={"HX-Redirect": url})
