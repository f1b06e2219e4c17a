"""The tags of a contact: found or made while typing, taken off with a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.contacts import selectors, services
from afluente.contacts.models import Tag
from afluente.contacts.views.contact import actor_of, editable
from afluente.kernel import htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_http_methods(["GET", "POST"])
def tags(request: Request, pk: int) -> HttpResponse:
    """GET offers tags for what is typed (`q`); POST puts one on: `tag`, or `name`, made when it is new.

    Undo names its tag in the address.
    """
    editable(request, pk)
    if request.method == "GET":
        return _draw(request, pk, is_open="closed" not in request.GET, typed=request.GET.get("q", ""))
    if "undo" in request.GET:
        tag = _tag(request.GET.get("tag", ""))
        services.attach_tags(contact_ids=[pk], tag_ids=[tag.pk], by=actor_of(request))
        return htmx.trigger(HttpResponse(status=204), "af:history", {})
    typed = request.POST.get("name", "")
    try:
        if chosen := request.POST.get("tag", ""):
            found = [_tag(chosen)]
        else:
            found = services.ensure_tags(names=[typed], by=actor_of(request))
    except services.TagRefusedError as refused:
        return _draw(request, pk, is_open=True, typed=typed, error=str(refused))
    services.attach_tags(contact_ids=[pk], tag_ids=[tag.pk for tag in found], by=actor_of(request))
    return _answer(request, pk, is_open=True)


@require_POST
def tag_deletion(request: Request, pk: int, tag: int) -> HttpResponse:
    """Take a tag off the contact."""
    editable(request, pk)
    found = _tag(str(tag))
    services.detach_tags(contact_ids=[pk], tag_ids=[found.pk], by=actor_of(request))
    undo = f"{reverse('contacts:tags', args=[pk])}?tag={found.pk}&undo=1"
    sentence = gettext("Tag {name} removed").format(name=found.name)
    return htmx.toast(_answer(request, pk, is_open=False), sentence, undo_url=undo)


def _answer(request: Request, pk: int, *, is_open: bool) -> HttpResponse:
    if not htmx.wants_fragment(request):
        return redirect("contacts:contact", pk)
    return htmx.trigger(_draw(request, pk, is_open=is_open), "af:history", {})


def _draw(request: Request, pk: int, *, is_open: bool, typed: str = "", error: str = "") -> HttpResponse:
    present = selectors.tags_of([pk]).get(pk, [])
    context = {
        "contact_id": pk,
        "tags": present,
        "may_edit": True,
        "is_open": is_open,
        "typed": typed,
        "error": error,
        "options": selectors.tag_options(typed=typed, without=[tag.pk for tag in present]),
    }
    status = 422 if error else 200
    if not htmx.wants_fragment(request):
        return render(request, "contacts/tags.html", context, status=status)
    is_list = request.GET.get("part") == "options"
    part = "contacts/_tag_options.html" if is_list else "contacts/_tags.html"
    return render(request, part, context, status=status)


def _tag(number: str) -> Tag:
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404
    return get_object_or_404(Tag, pk=int(number))
