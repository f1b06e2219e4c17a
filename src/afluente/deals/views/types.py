"""Settings: the types of deals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.deals import selectors, services
from afluente.deals.forms.types import TypeName
from afluente.deals.models import DealType
from afluente.deals.views import asking

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def types(request: Request) -> HttpResponse:
    """Every type. POST makes one (`name`), or says their order (`order`, `up`, `down`)."""
    asking.require_configurer(request)
    offered, archived = selectors.type_rows()
    form = TypeName(request.POST if "name" in request.POST else None)
    if request.method == "POST":
        if "name" not in request.POST:
            wanted = asking.reordered([row.type.pk for row in offered], request.POST)
            services.order_types(ids=wanted, by=asking.by(request))
            return _back()
        if form.is_valid():
            try:
                services.create_type(name=form.cleaned_data["name"], by=asking.by(request))
                return _back()
            except services.TypeNameTakenError as taken:
                form.add_error("name", _taken(taken))
    context = {"offered": offered, "archived": archived, "form": form}
    return render(request, "deals/types.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """One type: its name (POST), where it is used, its end."""
    asking.require_configurer(request)
    found = get_object_or_404(DealType, pk=pk)
    form = TypeName(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_type(type_id=pk, name=form.cleaned_data["name"], by=asking.by(request))
            messages.success(request, gettext("Saved"))
            return _back()
        except services.TypeNameTakenError as taken:
            form.add_error("name", _taken(taken))
    context = {
        "type": found,
        "form": form,
        "count": selectors.deals_of_type(pk),
        "uses": selectors.filters_about(name="type", number=pk),
    }
    return render(request, "deals/type_edit.html", context, status=422 if form.errors else 200)


@require_POST
def archiving(request: Request, pk: int) -> HttpResponse:
    """Offer a type no more, or again (`back`)."""
    asking.require_configurer(request)
    found = get_object_or_404(DealType, pk=pk)
    is_back = "back" in request.POST
    services.archive_type(type_id=pk, by=asking.by(request), is_back=is_back)
    said = gettext("{name} is offered again") if is_back else gettext("Archived {name}")
    messages.success(request, said.format(name=found.name))
    return _back()


@require_POST
def deletion(request: Request, pk: int) -> HttpResponse:
    """End a type that no deal has; the page before it said where it is used."""
    asking.require_configurer(request)
    found = get_object_or_404(DealType, pk=pk)
    try:
        services.delete_type(type_id=pk, by=asking.by(request))
    except services.TypeInUseError:
        messages.error(request, gettext("Deals are of this type. Archive it, and they keep it."))
        return asking.see_other(reverse("deals:type_edit", args=[pk]))
    messages.success(request, gettext("Deleted {name}").format(name=found.name))
    return _back()


def _taken(error: services.TypeNameTakenError) -> str:
    if error.is_archived:
        return gettext("An archived type is called so. Bring it back instead.")
    return gettext("Another type is called so.")


def _back() -> HttpResponse:
    return asking.see_other(reverse("deals:types"))
