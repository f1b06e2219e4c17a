"""Making two contacts one, field by field, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from afluente.contacts import policies, selectors, services
from afluente.contacts.models import Contact, ContactMerge, Policy
from afluente.contacts.selectors import duplicates, merging
from afluente.contacts.views.contact import actor_of
from afluente.contacts.views.merge_leading import lead_on
from afluente.kernel import htmx, http, text
from afluente.ui import formats

if TYPE_CHECKING:
    from django.http import QueryDict

    from afluente.accounts.requests import Request

FOUND = 10  # contacts offered while choosing the other one


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Request, pk: int) -> HttpResponse:
    """Choose the other contact, compare the two, see the result; POST makes them one."""
    asked = request.POST if request.method == "POST" else request.GET
    number = _number(asked.get("with"))
    try:
        found = _mergeable(request, pk)
        other = _mergeable(request, number) if number not in {None, pk} else None
    except Http404:
        return _somebody_was_faster(request, pk, number)
    if number is None or other is None:
        return _choose(request, found)
    survivor = _number(asked.get("survivor"))
    policy = asked.get("policy", "") if asked.get("policy") in Policy.values else Policy.OLDER.value
    choices = _choices(asked)
    if request.method != "POST":
        preview = services.preview_merge(
            contacts=[found, other], survivor_id=survivor, policy=policy, choices=choices
        )
        context = {"preview": preview, "policies": Policy.choices, "contact": found, "other": other}
        context["reasons"] = duplicates.spoken_reasons(services.reasons_between(pk, number))
        return htmx.respond(request, "contacts/merge.html", context, fragment="compare")
    return _merge(request, found, other, survivor, policy, choices)


@require_http_methods(["GET", "HEAD", "POST"])
def merged(request: Request, pk: int) -> HttpResponse:
    """One merge: what was joined and why; POST takes it back."""
    found = get_object_or_404(
        merging.merges_visible_to(request.member).select_related("loser", "survivor", "run"),
        pk=pk,
    )
    if request.method != "POST":
        return render(request, "contacts/merged.html", _merge_context(request, found))
    if not merging.merges_undoable_by(request.member).filter(pk=pk).exists():
        if found.undone_at is None:
            raise PermissionDenied
        messages.info(request, gettext("This merge was taken back already."))
        return _back(reverse("contacts:contact", args=[found.survivor_id]))
    return _unmerge(request, found)


def _somebody_was_faster(request: Request, *numbers: int | None) -> HttpResponse:
    """To whom one of the two is now; raises Http404 when neither became part of another."""
    for number in numbers:
        answer = lead_on(request, number) if number is not None else None
        if answer is not None:
            return answer
    raise Http404


def _mergeable(request: Request, pk: int) -> Contact:
    """A contact to be merged; PermissionDenied when they see it and may not both change and delete it."""
    allowed = policies.mergeable_by(request.member).select_related("assignee__user")
    return http.pick(allowed, present=Contact.objects.present(), pk=pk)


def _choose(request: Request, found: Contact) -> HttpResponse:
    typed = text.clean(request.GET.get("q", ""), limit=200)
    people: list[Contact] = []
    if typed:
        ids = selectors.find_ids(member=request.member, typed=typed, limit=FOUND + 1)
        wanted = policies.mergeable_by(request.member).filter(pk__in=ids).exclude(pk=found.pk)
        people = list(wanted.prefetch_related("emails", "phones").order_by("-pk")[:FOUND])
    context = {
        "contact": found,
        "typed": typed,
        "people": people,
        "suggestions": duplicates.suggestions_of(member=request.member, contact_id=found.pk),
    }
    return htmx.respond(request, "contacts/merge_choose.html", context, fragment="found")


def _merge(
    request: Request,
    found: Contact,
    other: Contact,
    survivor: int | None,
    policy: str,
    choices: dict[str, int],
) -> HttpResponse:
    reason = services.reasons_between(found.pk, other.pk) or [("hand", "")]
    try:
        (done,) = services.merge_contacts(
            groups=[
                services.Group(
                    contact_ids=[found.pk, other.pk],
                    survivor_id=survivor if survivor in {found.pk, other.pk} else None,
                    reason=reason,
                    choices=choices,
                )
            ],
            policy=policy,
            by=actor_of(request),
        )
    except services.AlreadyMergedError as gone:
        messages.error(request, gettext("Somebody else has just merged one of the two."))
        return _back(reverse("contacts:contact", args=[gone.into_id]))
    except services.ContactGoneError:
        messages.error(request, gettext("One of the two was deleted meanwhile."))
        return _back(reverse("contacts:list"))
    messages.success(request, gettext("Merged. Take it back in the history at any time"))
    return _back(reverse("contacts:contact", args=[done.survivor_id]))


def _unmerge(request: Request, found: ContactMerge) -> HttpResponse:
    page = reverse("contacts:merge_page", args=[found.pk])
    theirs = merging.theirs_since(found) if "theirs" in request.POST else []
    try:
        (done,) = services.unmerge_contacts(merge_ids=[found.pk], by=actor_of(request))
    except services.NestedMergeError as nested:
        messages.error(request, gettext("This contact was merged into another one since. Part those first."))
        return _back(reverse("contacts:contact", args=[nested.into_id]))
    except services.NotMergedError:
        messages.info(request, gettext("This merge was taken back already."))
        return _back(page)
    count = services.return_arrivals(merge_id=found.pk, event_ids=theirs)
    said = gettext("Parted again. {name} is a contact of its own").format(name=_title(found.loser))
    if count:
        said += ". " + ngettext("{n} arrival went along", "{n} arrivals went along", count).format(
            n=formats.number(count)
        )
    messages.success(request, said)
    return _back(reverse("contacts:contact", args=[done.loser_id]))


def _merge_context(request: Request, found: ContactMerge) -> dict[str, Any]:
    labels = {one.slug: one.label for one in services.carriers()}
    page = merging.merge_page(member=request.member, merge=found)
    return {
        "page": page,
        "merge": found,
        "moved": [(labels.get(slug, slug), count) for slug, count in page.moved],
        "taken": services.spoken_changes(found),
        "survivor": _title(found.survivor),
    }


def _choices(asked: QueryDict) -> dict[str, int]:
    """Whose value stays, by field: `choose-name=7`."""
    found = {}
    for name, value in asked.items():
        number = _number(str(value))
        if name.startswith("choose-") and number is not None:
            found[name.removeprefix("choose-")[:40]] = number
    return found


def _title(contact: Contact) -> str:
    return contact.name or f"#{contact.pk}"


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None


def _back(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)
