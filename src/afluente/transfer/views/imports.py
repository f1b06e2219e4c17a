"""The steps of an import: file, columns, values, preview and run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.contacts import services as contacts
from afluente.files import services as files
from afluente.transfer import forms, policies, selectors, services
from afluente.transfer.models import Import
from afluente.transfer.selectors import layouts, preview
from afluente.transfer.selectors.tables import Shape
from afluente.transfer.views import asked

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

SHOWN = 50  # imports in the list


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: Request) -> HttpResponse:
    """Everything that was brought in, and the first step of a new import (POST)."""
    if not policies.may_import(request.member):
        raise PermissionDenied
    problem = ""
    sent_kind = services.find_kind((request.POST or request.GET).get("about", ""))
    kinds = services.kinds_for(request.member)
    kind = sent_kind if sent_kind in kinds else kinds[0]
    if request.method == "POST":
        sent = request.FILES.get("file")
        if sent is None or not sent.name:
            problem = gettext("Choose a file first.")
        else:
            try:
                given = services.begin_import(
                    name=sent.name, body=sent, size=sent.size or 0, member=request.member, about=kind.slug
                )
                return asked.to("file", given)
            except files.FileRefusedError as refused:
                # What is empty is named in its own sentence.
                problem = str(refused) if refused.code == "empty" else f"{sent.name[:100]}: {refused}"
    rows = policies.imports_visible_to(request.member).order_by("-pk")[:SHOWN]
    context = {
        "rows": [(one, services.kind_of(one).words.many) for one in rows],
        "problem": problem,
        "limit": settings.FILE_LIMIT,
        "kind": kind,
        "kinds": kinds,
        "layouts": list(layouts.NAMES.values()),
    }
    return render(request, "transfer/imports.html", context, status=422 if problem else 200)


@require_POST
def uploads(request: Request) -> HttpResponse:
    """An import whose file is sent in parts (static/transfer/af-send.js): its number and its page."""
    if not policies.may_import(request.member):
        raise PermissionDenied
    form = forms.Announced(request.POST)
    if not form.is_valid():
        return JsonResponse({"problem": gettext("Choose a file first.")}, status=422)
    try:
        told = form.cleaned_data
        kind = services.find_kind(told.pop("about"))
        if kind is None or not kind.may(request.member):
            kind = services.kinds_for(request.member)[0]
        given = services.await_file(**told, member=request.member, about=kind.slug)
    except files.FileRefusedError as refused:
        return JsonResponse({"problem": str(refused)}, status=422)
    return JsonResponse({"id": given.pk, "url": reverse("transfer:file", args=[given.pk])}, status=201)


@require_http_methods(["GET", "HEAD", "POST"])
@asked.as_page
def file(request: Request, pk: int) -> HttpResponse:
    """How the file is read, with its first rows; POST reads it in another way."""
    given = asked.import_seen(request, pk)
    if given.state not in (*Import.UNSTARTED, Import.State.FAILED) or given.started_at:
        return asked.to("import", given)
    shape = Shape.read(given.shape)
    form = forms.Reading(request.POST if request.method == "POST" else None, shape=shape)
    if request.method == "POST" and form.is_valid():
        changes = {name: value for name, value in form.cleaned_data.items() if value != ""}
        try:
            services.read_again(import_id=given.pk, changes=changes)
        except services.ImportMovedError:
            pass
        except services.ImportRefusedError as refused:
            messages.error(request, str(refused))
        return asked.to("columns" if "next" in request.POST else "file", given)
    context = {
        "given": given,
        "form": form,
        "steps": asked.steps(given, "file"),
        "layout": layouts.NAMES.get(given.layout, ""),
        "labels": preview.labels(given),
        "sample": given.sample[:8],
        "is_busy": given.state == Import.State.READING and given.file_id is not None,
        "is_awaited": given.state == Import.State.READING and given.file_id is None,
        "refused": selectors.refused_upload(given),
    }
    return render(request, "transfer/file.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asked.as_page
def columns(request: Request, pk: int) -> HttpResponse:
    """What each column means, and what happens to people who are known (POST has every row checked)."""
    given = asked.import_seen(request, pk)
    if given.state in {Import.State.READING, Import.State.FAILED}:
        return asked.to("file", given)
    if given.state not in Import.UNSTARTED:
        return asked.to("import", given)
    kind = services.kind_of(given)
    initial = {"match": given.match, "policy": given.policy, "assignee": given.assignee_id, **given.options}
    form = getattr(forms, kind.form)(
        request.POST if request.method == "POST" else None, member=request.member, initial=initial
    )
    mapping = given.mapping
    if request.method == "POST":
        mapping = [request.POST.get(f"column-{place}", "") for place in range(len(given.headers))]
        if form.is_valid() and _set_columns(request, given, form, mapping):
            return asked.to("values", given)
    may_make = policies.may_make_fields(request.member)
    context = {
        "given": given,
        "form": form,
        "steps": asked.steps(given, "columns"),
        "layout": layouts.NAMES.get(given.layout, ""),
        "kind": kind,
        "groups": preview.target_groups(kind.targets(may_make_fields=may_make)),
        "columns": preview.columns(given, mapping),
    }
    return render(request, "transfer/columns.html", context, status=422 if form.errors else 200)


def _set_columns(request: Request, given: Import, form: Any, mapping: list[str]) -> bool:
    values = form.cleaned_data
    try:
        services.set_columns(
            import_id=given.pk,
            mapping=mapping,
            match=values["match"],
            policy=values.get("policy") or given.policy,
            tags=values.get("tags", []),
            options=form.options,
            assignee_id=values["assignee"].pk if values.get("assignee") else None,
            may_make_fields=policies.may_make_fields(request.member),
            by=services.actor_of(request.member),
        )
    except (services.ImportRefusedError, contacts.FieldRefusedError, contacts.TagRefusedError) as refused:
        form.add_error(None, str(refused))
        return False
    except services.ImportMovedError:
        return True
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@asked.as_page
def values(request: Request, pk: int) -> HttpResponse:
    """Values nobody can use: each once, with what is to stand for it (POST)."""
    given = asked.import_seen(request, pk)
    if given.state in {Import.State.READING, Import.State.FAILED, Import.State.DRAFT}:
        return asked.to("columns" if given.state == Import.State.DRAFT else "file", given)
    if given.state not in Import.UNSTARTED:
        return asked.to("import", given)
    if request.method == "POST":
        fixes = preview.fixes(request.POST)
        if not fixes:
            return asked.to("import", given)
        try:
            services.fix_values(import_id=given.pk, fixes=fixes)
        except services.ImportMovedError:
            return asked.to("import", given)
        return asked.to("import" if "next" in request.POST else "values", given)
    bad = preview.bad_columns(given, services.kind_of(given).fields())
    if given.state == Import.State.CHECKED and not bad and "stay" not in request.GET:
        return HttpResponseRedirect(reverse("transfer:import", args=[pk]), status=303)
    context = {
        "given": given,
        "steps": asked.steps(given, "values"),
        "bad": bad,
        "is_busy": given.state == Import.State.CHECKING,
        "share": selectors.share(given),
    }
    return render(request, "transfer/values.html", context)
