"""Adding a contact by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from afluente.accounts.policies import may_configure
from afluente.contacts import forms, policies, selectors, services
from afluente.files import services as files
from afluente.files.selectors import store_offer
from afluente.kernel import htmx, once
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """The form for a new contact. That somebody has an address already is said once, then accepted (Q2).

    `more` asks for one more row of a kind of address: nothing is checked or kept for it.
    """
    if not policies.may_create(request.member):
        raise PermissionDenied
    if "known" in request.GET:
        return _companies(request)
    more = request.POST.get("more", "")
    if more.endswith("field"):
        return _new_field(request, more)
    if more:
        return _one_more(request)
    data = request.POST if request.method == "POST" else None
    ways = forms.Ways.read(data, country=request.workspace.country)
    form, details = forms.NewPerson(data, ways=ways, member=request.member), forms.NewDetails(data)
    same: tuple[int, ...] = ()
    if data is not None and all([ways.is_valid(), form.is_valid(), details.is_valid()]):
        if address := once.led_to(request.POST, by=request.member.pk):
            return htmx.go(request, address)
        same = services.find_contacts([ways.identity])[0].touched
        if not same or request.POST.get("even_so") == _typed(ways):
            return _create(request, form, details)
        once.release(request.POST, by=request.member.pk)
    return _draw(request, form=form, details=details, same=same)


def _draw(
    request: Request,
    *,
    form: forms.NewPerson,
    details: forms.NewDetails,
    same: Sequence[int] = (),
    new_field: forms.NewField | None = None,
    is_open: bool = False,
) -> HttpResponse:
    seen = policies.visible_to(request.member).filter(pk__in=same)
    context = {
        "form": form,
        "ways": form.ways,
        "details": details,
        "same": list(seen.order_by("pk")) if same else [],
        "has_same": bool(same),
        "even_so": _typed(form.ways),
        "new_field": new_field,
        "may_add_field": may_configure(request.member),
        "is_open": is_open or details.has_open,
        "offer": store_offer(
            member=request.member, chosen=files.chosen_numbers(request.POST.getlist("stored"))
        ),
    }
    is_wrong = form.is_bound and (same or form.errors or details.errors or not form.ways.is_valid())
    return htmx.respond(
        request, "contacts/new.html", context, fragment="form", status=422 if is_wrong else 200
    )


def _create(request: Request, form: forms.NewPerson, details: forms.NewDetails) -> HttpResponse:
    values = form.cleaned_data
    known = services.Details(
        **details.known(),
        company=values["company"],
        position=values["position"],
        tag_ids=[int(number) for number in values["tags"]],
        new_tags=values["new_tags"],
    )
    actor = Actor("member", request.member.pk, request.user.name)
    contact_id = services.add_contact(person=form.person(), details=known, by=actor)
    refused = files.bring_along(
        brought=request.FILES.getlist("files"),
        stored=request.POST.getlist("stored"),
        kind="contact",
        entity_id=contact_id,
        member=request.member,
    )
    address = reverse("contacts:contact", args=[contact_id])
    once.keep(request.POST, by=request.member.pk, address=address)
    for sentence in refused:
        messages.warning(request, sentence)
    return htmx.go(request, address)


def _one_more(request: Request) -> HttpResponse:
    """The form as typed so far with one more row, the new one to be filled next."""
    more = request.POST["more"]
    ways = forms.Ways.read(request.POST, country=request.workspace.country, more=more)
    if htmx.wants_fragment(request) and more in ways.rows:
        return render(request, "contacts/_ways.html", {**ways.part(more), "is_new": True})
    return _as_typed(request, ways)


def _new_field(request: Request, more: str) -> HttpResponse:
    """A field of one's own made on the way (SP-096): its box, making it, or leaving it."""
    if not may_configure(request.member):
        raise PermissionDenied
    made = forms.NewField(request.POST if more == "made-field" else None, prefix="new-field")
    if more == "field" and htmx.wants_fragment(request):
        return render(request, "contacts/_new_field.html", {"form": made})
    next_box = ""
    if more == "made-field" and made.is_valid():
        try:
            by = Actor("member", request.member.pk, request.user.name)
            next_box = f"field-{services.create_field(**made.properties(), by=by).pk}"
        except services.FieldRefusedError as refused:
            made.refuse(refused)
    is_going_on = more == "field" or bool(made.errors)
    ways = forms.Ways.read(request.POST, country=request.workspace.country)
    return _as_typed(request, ways, next_box=next_box, new_field=made if is_going_on else None, is_open=True)


def _as_typed(request: Request, ways: forms.Ways, next_box: str = "", **context: Any) -> HttpResponse:
    """The form as typed so far; nothing is checked. The field `next_box` is to be filled next."""
    form, details = forms.NewPerson(ways=ways, member=request.member), forms.NewDetails()
    for asked in (form, details):
        _remember(asked, request.POST)
    if next_box in details.fields:
        del form.fields["first_name"].widget.attrs["autofocus"]
        details.fields[next_box].widget.attrs["autofocus"] = True
    return _draw(request, form=form, details=details, **context)


def _remember(form: Any, data: Any) -> None:
    for name, field in form.fields.items():
        field.initial = field.widget.value_from_datadict(data, {}, name)


def _companies(request: Request) -> HttpResponse:
    """Companies that fit what is typed, for the box to offer."""
    options = selectors.company_options(member=request.member, typed=request.GET.get("company", ""))
    return render(request, "contacts/_known_companies.html", {"companies": options.companies})


def _typed(ways: forms.Ways) -> str:
    """What was typed to reach them: to add somebody all the same holds for these addresses only."""
    return " ".join([*(one.email for one in ways.emails), *(one.raw for one in ways.phones)])
