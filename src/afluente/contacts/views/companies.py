"""Companies: the list, adding one, the page of one, putting it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.accounts.models import Area
from afluente.accounts.policies import assignees_named_to
from afluente.accounts.selectors import seers
from afluente.contacts import forms, policies, selectors, services
from afluente.contacts.models import Company
from afluente.contacts.selectors.company_history import TAB, history_of
from afluente.contacts.views.contact import actor_of
from afluente.kernel import htmx, http, once, slots
from afluente.timeline import services as timeline

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.timeline.selectors import Feed


@require_safe
def companies(request: Request) -> HttpResponse:
    """The list; only its rows when a filter or the end of the page asks."""
    if not policies.may_list_companies(request.member):
        raise PermissionDenied
    wanted = selectors.CompanyFilter.read(request.GET)
    page = selectors.company_page(member=request.member, wanted=wanted)
    more = wanted.address(after=page.next_after) if page.next_after else ""
    context = {
        "page": page,
        "wanted": wanted,
        "more_url": reverse("contacts:companies") + more if more else "",
        "members": assignees_named_to(request.member),
        "may_create": policies.may_create_companies(request.member),
        "gone": _gone(request),
        "is_part": htmx.wants_fragment(request),
    }
    fragment = "rows" if wanted.after else "companies"
    return htmx.respond(request, "contacts/companies.html", context, fragment=fragment)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The form for a new company; one that is called the same is said once, then accepted."""
    if not policies.may_create_companies(request.member):
        raise PermissionDenied
    form = forms.NewCompany(request.POST if request.method == "POST" else None)
    same = None
    if request.method == "POST" and form.is_valid():
        if address := once.led_to(request.POST, by=request.member.pk):
            return htmx.go(request, address)
        same = selectors.company_named(member=request.member, name=form.cleaned_data["name"])
        if same is None or request.POST.get("even_so") == str(same.pk):
            try:
                made = services.create_company(
                    **form.cleaned_data, assignee_id=request.member.pk, by=actor_of(request)
                )
            except services.CompanyRefusedError as refused:
                form.add_error(refused.field, str(refused))
            else:
                address = reverse("contacts:company", args=[made.pk])
                once.keep(request.POST, by=request.member.pk, address=address)
                return htmx.go(request, address)
        once.release(request.POST, by=request.member.pk)
    context = {"form": form, "same": same}
    status = 422 if form.errors or same else 200
    return htmx.respond(request, "contacts/company_new.html", context, fragment="form", status=status)


@require_safe
def company(request: Request, pk: int) -> HttpResponse:
    """The page of a company, or what htmx asks for: its left side, or its history."""
    context = about(request, pk)
    target = htmx.target_id(request) if htmx.wants_fragment(request) else ""
    if target == "about":
        return render(request, "contacts/_company_about.html", context)
    if target.startswith("history"):
        feed = history_of(member=request.member, company_id=pk, query=request.GET.dict())
        return render(request, "timeline/_history.html", {"feed": feed})
    return _page(request, context)


def _page(
    request: Request, context: dict[str, Any], *, feed: Feed | None = None, status: int = 200
) -> HttpResponse:
    """The page with the tab that the address names; with the history when `feed` is given."""
    found = slots.parts("company.tabs", member=request.member, company=context["card"].company)
    wanted = TAB if feed else request.GET.get("tab")
    chosen = next((tab for tab in found if tab.slug == wanted), None)
    part = None
    if chosen and chosen.slug == TAB:
        number = context["company"].pk
        feed = feed or history_of(member=request.member, company_id=number, query=request.GET.dict())
        part = slots.Part(template="contacts/_company_history.html", context={"feed": feed})
    elif chosen:
        part = chosen.part()
    context |= {"tabs": found, "tab": chosen, "part": part}
    return render(request, "contacts/company.html", context, status=status)


@require_POST
def comments(request: Request, pk: int) -> HttpResponse:
    """Write a comment about the company; the history with it, or the box with what is wrong."""
    seen = policies.companies_visible_to(request.member)
    http.pick(seen, present=Company.objects.present(), pk=pk)
    asked = request.GET.dict()
    try:
        timeline.add_comment(by=request.member, company_id=pk, **timeline.typed(request.POST))
    except timeline.CommentRefusedError as refused:
        asks = isinstance(refused, timeline.BlindMentionError)
        feed = history_of(member=request.member, company_id=pk, query=asked)
        feed = feed.refused(refused, request.POST, asks=asks)
        if htmx.wants_fragment(request):
            return render(request, "timeline/_posted.html", {"feed": feed}, status=422)
        return _page(request, about(request, pk), feed=feed, status=422)
    if not htmx.wants_fragment(request):
        return redirect(f"{reverse('contacts:company', args=[pk])}?tab={TAB}")
    feed = history_of(member=request.member, company_id=pk, query=asked)
    return render(request, "timeline/_posted.html", {"feed": feed})


@require_safe
def access(request: Request, pk: int) -> HttpResponse:
    """Who may open the company, and why: a page, or what its dialog shows."""
    seen = policies.companies_visible_to(request.member)
    found = http.pick(seen, present=Company.objects.present(), pk=pk)
    context = {
        "title": found.name,
        "back": reverse("contacts:company", args=[pk]),
        "seers": seers(viewer=request.member, area=Area.COMPANIES, assignee_id=found.assignee_id),
    }
    return htmx.respond(request, "accounts/access.html", context, fragment="sheet")


@require_POST
def deletion(request: Request, pk: int) -> HttpResponse:
    """Put a company away, with a way back."""
    found = http.pick(
        policies.companies_deletable_by(request.member), present=Company.objects.present(), pk=pk
    )
    try:
        services.delete_company(company_id=pk, by=actor_of(request))
    except services.CompanyGoneError:
        raise Http404 from None
    return redirect(f"{reverse('contacts:companies')}?deleted={found.pk}")


@require_POST
def restoration(request: Request, pk: int) -> HttpResponse:
    """Bring a deleted company back."""
    http.pick(policies.companies_deletable_by(request.member), present=Company.objects.all(), pk=pk)
    services.restore_company(company_id=pk, by=actor_of(request))
    return htmx.go(request, reverse("contacts:company", args=[pk]))


def about(request: Request, pk: int) -> dict[str, Any]:
    """What the page of a company shows. Raises Http404 or PermissionDenied, as `http.pick` does."""
    card = selectors.company_card(member=request.member, company_id=pk)
    if card is None:
        present = Company.objects.present()
        http.pick(policies.companies_visible_to(request.member), present=present, pk=pk)
        raise Http404
    return {
        "card": card,
        "company": card.company,
        "may_edit": policies.companies_editable_by(request.member).filter(pk=pk).exists(),
        "may_delete": policies.companies_deletable_by(request.member).filter(pk=pk).exists(),
        "members": assignees_named_to(request.member),
        "parts": slots.parts("company.about", member=request.member, company=card.company),
    }


def editable(request: Request, pk: int) -> Company:
    """A company that this member may change; PermissionDenied when they may only look."""
    allowed = policies.companies_editable_by(request.member).select_related("assignee__user")
    return http.pick(allowed, present=Company.objects.present(), pk=pk)


def _gone(request: Request) -> Company | None:
    """The company that was just deleted, while it can be brought back."""
    number = request.GET.get("deleted", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    gone = policies.companies_deletable_by(request.member).exclude(deleted_at=None)
    found: Company | None = gone.filter(pk=int(number)).first()
    return found
