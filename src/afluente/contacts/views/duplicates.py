"""Contacts > Duplicates: suggestions, and sessions that remove many at once (SP-087, SP-118)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Lower
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.contacts import policies, services
from afluente.contacts.models import Contact, MergeRun, Policy, PossibleDuplicate, Tag
from afluente.contacts.selectors import duplicates, merging
from afluente.contacts.views.contact import actor_of
from afluente.kernel import htmx, text

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

EXAMPLES = 20  # groups shown before a run
CONDITIONS = (("name", _("First and last name")), ("email", _("E-mail")), ("phone", _("Phone")))


@require_safe
def suggestions(request: Request) -> HttpResponse:
    """Pairs that may be one person, and the form that looks for exact ones."""
    _require(request)
    page = duplicates.suggestion_page(member=request.member, after=_number(request.GET.get("after")))
    return htmx.respond(request, "contacts/duplicates.html", _context(request, page), fragment="pairs")


@require_POST
def dismissal(request: Request, pk: int) -> HttpResponse:
    """Say that a pair is two people."""
    pair = _pair(request, pk)
    try:
        services.dismiss_duplicate(pair_id=pk, by=actor_of(request))
    except services.DecidedError:
        messages.info(request, gettext("Somebody else has decided about these two already."))
        return _back(request, pair)
    undo = reverse("contacts:duplicate_reopening", args=[pk])
    if htmx.wants_fragment(request):
        return htmx.toast(HttpResponse(), gettext("They will not be suggested again"), undo_url=undo)
    messages.success(request, gettext("They will not be suggested again"))
    return _back(request, pair)


@require_POST
def reopening(request: Request, pk: int) -> HttpResponse:
    """Take a «not a duplicate» back."""
    pair = _pair(request, pk)
    services.reopen_duplicate(pair_id=pk, by=actor_of(request))
    return _back(request, pair)


@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: Request) -> HttpResponse:
    """Start looking for exact duplicates. Nothing is merged before somebody has seen what was found."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("contacts:duplicates"))
    _require(request, merges=True)
    tag = text.clean(request.POST.get("tag", ""), limit=64)
    try:
        tag_id = services.ensure_tags(names=[tag], by=actor_of(request))[0].pk if tag else None
        run = services.begin_run(
            member=request.member,
            conditions=request.POST.getlist("match"),
            policy=request.POST.get("policy", Policy.OLDER),
            tag_id=tag_id,
        )
    except services.RunRefusedError:
        page = duplicates.suggestion_page(member=request.member)
        context = _context(request, page) | {"error": gettext("Choose what must be equal.")}
        return render(request, "contacts/duplicates.html", context, status=422)
    except services.TagRefusedError as refused:
        page = duplicates.suggestion_page(member=request.member)
        return render(
            request, "contacts/duplicates.html", _context(request, page) | {"error": str(refused)}, status=422
        )
    return HttpResponseRedirect(reverse("contacts:merge_run", args=[run.pk]), status=303)


@require_safe
def run(request: Request, pk: int) -> HttpResponse:
    """How far a run has come, what it found, what it did."""
    found = _run(request, pk)
    return htmx.respond(request, "contacts/merge_run.html", _run_context(request, found), fragment="state")


@require_POST
def confirmation(request: Request, pk: int) -> HttpResponse:
    """Merge what was found."""
    found = _own(request, pk)
    try:
        services.confirm_run(run_id=found.pk)
    except services.RunRefusedError:
        messages.info(request, gettext("This run has begun already."))
    return HttpResponseRedirect(reverse("contacts:merge_run", args=[pk]), status=303)


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a whole run back."""
    found = _own(request, pk)
    try:
        services.undo_run(run_id=found.pk)
    except services.RunRefusedError:
        messages.info(request, gettext("This run is not done, or was taken back already."))
    return HttpResponseRedirect(reverse("contacts:merge_run", args=[pk]), status=303)


def _context(request: Request, page: duplicates.SuggestionPage) -> dict[str, Any]:
    return {
        "page": page,
        "conditions": CONDITIONS,
        "policies": Policy.choices,
        "tags": Tag.objects.order_by(Lower("name"))[:200],
        "runs": merging.runs_of(request.member).order_by("-pk")[:10],
        "next_url": f"?after={page.next_after}" if page.next_after else "",
        "may_merge": policies.may_merge(request.member),
        "is_first": not request.GET.get("after"),
    }


def _run_context(request: Request, found: MergeRun) -> dict[str, Any]:
    groups = found.groups[:EXAMPLES]
    ids = [pk for group in groups for pk in group]
    visible = (
        policies.visible_to(request.member) if found.state == MergeRun.State.FOUND else Contact.objects.none()
    )
    people = {one.pk: one for one in visible.filter(pk__in=ids).prefetch_related("emails", "phones")}
    labels = dict(CONDITIONS)
    return {
        "run": found,
        "conditions": [labels[name] for name in found.conditions],
        "groups": [[people[pk] for pk in group if pk in people] for group in groups],
        "more": len(found.groups) - len(groups),
        "contacts": sum(len(group) for group in found.groups),
        "losers": sum(len(group) - 1 for group in found.groups),
        "share": 100 * found.position // len(found.groups) if found.groups else 0,
        "is_busy": found.state in {MergeRun.State.FINDING, MergeRun.State.MERGING, MergeRun.State.UNDOING},
        "is_own": found.by_id == request.member.pk,
    }


def _pair(request: Request, pk: int) -> PossibleDuplicate:
    """A pair of which this member may change both."""
    pair: PossibleDuplicate = get_object_or_404(duplicates.pairs_visible_to(request.member), pk=pk)
    both = policies.editable_by(request.member).filter(pk__in=[pair.contact_id, pair.other_id])
    if both.count() < 2:
        raise PermissionDenied
    return pair


def _run(request: Request, pk: int) -> MergeRun:
    _require(request)
    found: MergeRun = get_object_or_404(merging.runs_of(request.member), pk=pk)
    return found


def _own(request: Request, pk: int) -> MergeRun:
    """A run is its owner's: it merges what they may merge, in their name."""
    _require(request, merges=True)
    found: MergeRun = get_object_or_404(MergeRun, pk=pk, by_id=request.member.pk)
    return found


def _back(request: Request, pair: PossibleDuplicate) -> HttpResponse:
    here = request.POST.get("back", "")
    url = (
        reverse("contacts:contact", args=[int(here)])
        if here in {str(pair.contact_id), str(pair.other_id)}
        else reverse("contacts:duplicates")
    )
    if htmx.wants_fragment(request):
        response = HttpResponse()
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url, status=303)


def _require(request: Request, *, merges: bool = False) -> None:
    if not (policies.may_merge if merges else policies.may_list)(request.member):
        raise PermissionDenied


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None
