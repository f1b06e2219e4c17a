"""Settings: the tags of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Lower
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.accounts.policies import may_configure
from afluente.contacts import forms, selectors, services
from afluente.contacts.models import Tag
from afluente.contacts.views.contact import actor_of
from afluente.kernel import text

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def tags(request: Request) -> HttpResponse:
    """Every tag; POST makes one."""
    _require(request)
    form = forms.TagForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            services.create_tag(name=values["name"], color=values["color"], by=actor_of(request))
            return _back(reverse("contacts:tag_list"))
        except services.TagRefusedError as refused:
            form.add_error("name", str(refused))
    typed = text.clean(request.GET.get("q", ""), limit=64)
    context = {
        "rows": selectors.tag_rows(member=request.member, typed=typed),
        "typed": typed,
        "form": form,
        "hues": range(services.HUES),
    }
    return render(request, "contacts/tag_list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def tag(request: Request, pk: int) -> HttpResponse:
    """One tag: its name and colour (POST), merging and deleting it."""
    _require(request)
    found = get_object_or_404(Tag, pk=pk)
    form = forms.TagForm(
        request.POST if request.method == "POST" else None,
        initial={"name": found.name, "color": found.color},
    )
    taken = None
    if request.method == "POST" and form.is_valid():
        try:
            services.change_tag(tag_id=pk, **form.cleaned_data, by=actor_of(request))
            messages.success(request, gettext("Saved"))
            return _back(reverse("contacts:tag_list"))
        except services.TagNameTakenError as refused:
            taken = refused.tag
            form.add_error("name", str(refused))
        except services.TagRefusedError as refused:
            form.add_error("name", str(refused))
    return _draw(request, found, form, taken)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Request, pk: int) -> HttpResponse:
    """Let everything with this tag have another one instead. Opened as a page, it is the page of the tag."""
    _require(request)
    found = get_object_or_404(Tag, pk=pk)
    if request.method != "POST":
        return _back(reverse("contacts:tag_edit", args=[pk]))
    number = request.POST.get("into", "")
    into = (
        Tag.objects.filter(pk=int(number)).first()
        if number.isascii() and number.isdigit() and len(number) < 19
        else None
    )
    if into is None or into.pk == pk:
        messages.error(request, gettext("Choose another tag to merge into."))
        return _back(reverse("contacts:tag_edit", args=[pk]))
    try:
        count = services.merge_tags(tag_id=pk, into_id=into.pk, by=actor_of(request))
    except services.TagGoneError:
        raise Http404 from None
    sentence = ngettext(
        "{old} is {new} now, on {n} contact", "{old} is {new} now, on {n} contacts", count
    ).format(old=found.name, new=into.name, n=count)
    messages.success(request, sentence)
    return _back(reverse("contacts:tag_list"))


@require_POST
def deletion(request: Request, pk: int) -> HttpResponse:
    """End a tag; the page before it said where it is used."""
    _require(request)
    found = get_object_or_404(Tag, pk=pk)
    try:
        services.delete_tag(tag_id=pk, by=actor_of(request))
    except services.TagGoneError:
        raise Http404 from None
    messages.success(request, gettext("Tag {name} deleted").format(name=found.name))
    return _back(reverse("contacts:tag_list"))


def _draw(request: Request, found: Tag, form: Any, taken: Tag | None) -> HttpResponse:
    context = {
        "tag": Tag.objects.get(pk=found.pk),
        "form": form,
        "hues": range(services.HUES),
        "taken": taken,
        "contacts": selectors.contact_count(member=request.member, tag=found),
        "uses": selectors.tag_uses(member=request.member, tag=found),
        "others": Tag.objects.exclude(pk=found.pk).order_by(Lower("name")),
    }
    return render(request, "contacts/tag_edit.html", context, status=422 if form.errors else 200)


def _require(request: Request) -> None:
    """403 for people who may not arrange tags: they can see that settings exist."""
    if not may_configure(request.member):
        raise PermissionDenied


def _back(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)
