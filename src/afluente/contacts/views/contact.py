"""A contact: its page, its side panel, its names and who looks after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.accounts.models import Action
from afluente.accounts.policies import assignable_by, assignees_named_to
from afluente.contacts import forms, policies, selectors, services
from afluente.contacts.models import Contact
from afluente.contacts.views.merge_leading import lead_on
from afluente.kernel import htmx, http, slots
from afluente.timeline import selectors as timeline_selectors
from afluente.timeline import services as timeline_services
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_safe
def contact(request: Request, pk: int) -> HttpResponse:
    """The page, or what htmx puts it into: `history…`, `about`, or a side panel.

    The number of a contact that became part of another one leads to that one.
    """
    try:
        return _page(request, pk)
    except Http404:
        if elsewhere := lead_on(request, pk):
            return elsewhere
        raise


def _page(request: Request, pk: int) -> HttpResponse:
    target = htmx.target_id(request) if htmx.wants_fragment(request) else ""
    if target.startswith("history"):
        _visible(request, pk)
        return _drawn(request, "timeline/_history.html", {"feed": feed(request, pk)})
    context = about(request, pk)
    if target == "about":
        return _drawn(request, "contacts/_about.html", context)
    context |= _surroundings(request, pk, context["card"])
    context["inside"] = f"?{urlencode({'in': request.GET['in']})}" if "in" in request.GET else ""
    if not target and context["inside"]:
        context["around"] = selectors.neighbours(
            member=request.member, query=request.GET["in"], contact=context["card"].contact
        )
    return htmx.respond(request, "contacts/contact.html", context, fragment="panel")


@require_safe
def access(request: Request, pk: int) -> HttpResponse:
    """Who may open the contact, and why: a page, or what its dialog shows."""
    found = _visible(request, pk)
    context = {
        "title": found.name or f"#{pk}",
        "back": reverse("contacts:contact", args=[pk]),
        "seers": selectors.seers_of_contact(contact=found, viewer=request.member),
    }
    return htmx.respond(request, "accounts/access.html", context, fragment="sheet")


@require_http_methods(["GET", "POST"])
def name(request: Request, pk: int) -> HttpResponse:
    """Change the names in place. They may stand in the address: that is how Undo asks."""
    found = editable(request, pk)
    had = (found.first_name, found.last_name)
    is_undo = request.method == "POST" and "undo" in request.GET
    sent = request.GET if is_undo else request.POST
    form = forms.Names(sent or None, initial={"first_name": had[0], "last_name": had[1]})
    error = ""
    if request.method == "POST" and form.is_valid():
        seen = (sent.get("seen_first", ""), sent.get("seen_last", ""))
        try:
            now = services.rename_contact(contact_id=pk, **form.cleaned_data, by=actor_of(request), seen=seen)
            return _renamed(request, now, had)
        except services.ChangedMeanwhileError as changed:
            if is_undo:
                return changed_since()
            error = gettext("Somebody else changed this to {now} meanwhile.").format(now=changed)
            found.refresh_from_db()
        except services.NamelessContactError:
            error = gettext("Keep a name or an address to know them by.")
    context = {"contact": found, "form": form, "error": error}
    status = 422 if form.errors or error else 200
    return htmx.respond(request, "contacts/name.html", context, fragment="editor", status=status)


def _renamed(request: Request, now: Contact, had: tuple[str, str]) -> HttpResponse:
    """The contact under its new name, with a way back when there was a change."""
    drawn = answer(request, now.pk)
    if (now.first_name, now.last_name) == had:
        return drawn
    values = {"first_name": had[0], "last_name": had[1], "seen_first": now.first_name}
    undo = f"{request.path}?{urlencode({**values, 'seen_last': now.last_name, 'undo': 1})}"
    return htmx.toast(drawn, gettext("{field} changed").format(field=gettext("Name")), undo_url=undo)


@require_POST
def assignee(request: Request, pk: int) -> HttpResponse:
    """Give the contact to somebody. The value may stand in the address: that is how Undo asks."""
    found = editable(request, pk)
    value = request.POST.get("assignee", request.GET.get("assignee", ""))
    to = None
    if value:
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
        to = get_object_or_404(assignable_by(request.member), pk=number)
    had, seen = found.assignee_id, request.GET.get("seen", "")
    try:
        services.assign_contact(
            contact_id=pk, to=to, by=actor_of(request), seen=int(seen) if seen.isdecimal() else None
        )
    except services.ChangedMeanwhileError:
        return changed_since()
    undo = f"{request.path}?assignee={had or ''}&seen={to.pk if to else 0}"
    if not policies.visible_to(request.member).filter(pk=pk).exists():
        return _given_away(request)
    sentence = gettext("Given to {name}").format(name=to.user.name) if to else gettext("Given to nobody")
    return htmx.toast(answer(request, pk), sentence, undo_url=undo)


@require_POST
def comments(request: Request, pk: int) -> HttpResponse:
    """Write a comment about the contact."""
    _visible(request, pk)
    error: timeline_services.CommentRefusedError | None = None
    try:
        timeline_services.add_comment(
            by=request.member, contact_id=pk, **timeline_services.typed(request.POST)
        )
    except timeline_services.CommentRefusedError as refused:
        error = refused
    if not htmx.wants_fragment(request) and not error:
        return redirect("contacts:contact", pk)
    shown = feed(request, pk)
    if error:
        asks = isinstance(error, timeline_services.BlindMentionError)
        shown = shown.refused(error, request.POST, asks=asks)
    if htmx.wants_fragment(request):
        return _drawn(request, "timeline/_posted.html", {"feed": shown}, status=422 if error else 200)
    context = about(request, pk)
    context |= {**_surroundings(request, pk, context["card"]), "feed": shown}
    return render(request, "contacts/contact.html", context, status=422)


def about(request: Request, pk: int) -> dict[str, Any]:
    """What the left side of the page shows. Raises Http404 or PermissionDenied, as `http.pick` does."""
    card = selectors.contact_card(member=request.member, contact_id=pk)
    if card is None:
        _visible(request, pk)
        raise Http404
    is_own_page = _is_own_page(request, pk)
    return {
        "card": card,
        "may_edit": policies.may(request.member, pk, Action.EDIT),
        "may_delete": policies.may(request.member, pk, Action.DELETE),
        "members": assignees_named_to(request.member),
        "parts": slots.parts("contact.about", member=request.member, contact=card.contact),
        "level": "h1" if is_own_page else "h3",
        "section": "h2" if is_own_page else "h4",
    }


def _is_own_page(request: Request, pk: int) -> bool:
    """Whether the answer goes into the contact's own page, and not beside a list."""
    if not htmx.wants_fragment(request):
        return True
    return urlsplit(request.headers.get("HX-Current-URL", "")).path.startswith(
        reverse("contacts:contact", args=[pk])
    )


def feed(request: Request, pk: int) -> timeline_selectors.Feed:
    """The history of a contact that the member was found to see."""
    return timeline_selectors.contact_feed(
        member=request.member,
        contact_id=pk,
        page_url=reverse("contacts:contact", args=[pk]),
        comment_url=reverse("contacts:comments", args=[pk]),
        query=request.GET,
    )


def answer(request: Request, pk: int) -> HttpResponse:
    """After a change: the left side as it is now, or the page when there is no script."""
    if not htmx.wants_fragment(request):
        return redirect("contacts:contact", pk)
    return htmx.drawn_around(request, _drawn(request, "contacts/_about.html", about(request, pk)))


def actor_of(request: Request) -> Actor:
    """Who acts in this request."""
    return Actor("member", request.member.pk, request.user.name)


def _surroundings(request: Request, pk: int, card: selectors.Card) -> dict[str, Any]:
    tabs = selectors.tabs(member=request.member, contact=card.contact)
    chosen = next((tab for tab in tabs if tab.slug == request.GET.get("tab")), None)
    return {
        "tabs": tabs,
        "tab": chosen,
        "part": chosen.part() if chosen else None,
        "feed": None if chosen else feed(request, pk),
        "strips": slots.parts("contact.strip", member=request.member, contact=card.contact),
        "acts": slots.parts("contact.acts", member=request.member, contact=card.contact),
    }


def _visible(request: Request, pk: int) -> Contact:
    allowed = policies.visible_to(request.member).select_related("assignee__user")
    return http.pick(allowed, present=Contact.objects.present(), pk=pk)


def editable(request: Request, pk: int) -> Contact:
    """A contact that this member may change; PermissionDenied when they may only look."""
    allowed = policies.editable_by(request.member).select_related("assignee__user")
    return http.pick(allowed, present=Contact.objects.present(), pk=pk)


def changed_since() -> HttpResponse:
    """What Undo answers when somebody else has changed the same since: that stays, and the toast says so."""
    said = gettext("Somebody changed this again meanwhile. Nothing was taken back.")
    return htmx.toast(HttpResponse(status=409), said)


def _given_away(request: Request) -> HttpResponse:
    """Whoever gives a contact out of their reach no longer sees it."""
    messages.info(request, gettext("Given away. You no longer see this contact"))
    if not htmx.wants_fragment(request):
        return redirect("contacts:list")
    response = HttpResponse()
    response["HX-Redirect"] = reverse("contacts:list")
    return response


def _drawn(request: Request, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request, HX-Target"
    return response
