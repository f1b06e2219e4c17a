"""Settings: the rates of tax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.sales import forms, selectors, services
from afluente.sales.models import Tax
from afluente.sales.views import asking
from afluente.ui import formats

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def taxes(request: Request) -> HttpResponse:
    """Every tax. POST makes one (`name`), or says their order (`order`, `up`, `down`)."""
    asking.require_configurer(request)
    offered, archived = selectors.tax_rows()
    form = forms.TaxForm(
        request.POST if "name" in request.POST else None, locale=asking.number_locale(request)
    )
    if request.method == "POST":
        if "name" not in request.POST:
            wanted = asking.reordered([row.pk for row in offered], request.POST)
            services.order_taxes(ids=wanted, by=asking.by(request))
            return _back()
        if form.is_valid() and _saved(request, form, None):
            return _back()
    context = {"offered": offered, "archived": archived, "form": form}
    return render(request, "sales/taxes.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """One tax: what it says (POST), its end."""
    asking.require_configurer(request)
    found = get_object_or_404(Tax, pk=pk)
    initial = {"name": found.name, "rate": formats.exact(found.rate), "is_included": found.is_included}
    form = forms.TaxForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        locale=asking.number_locale(request),
    )
    if request.method == "POST" and form.is_valid() and _saved(request, form, pk):
        messages.success(request, gettext("Saved"))
        return _back()
    context = {"tax": found, "form": form}
    return render(request, "sales/tax_edit.html", context, status=422 if form.errors else 200)


@require_POST
def archiving(request: Request, pk: int) -> HttpResponse:
    """Offer a tax no more, or again (`back` in the body or the address), with a way back."""
    asking.require_configurer(request)
    found = get_object_or_404(Tax, pk=pk)
    is_back = "back" in request.POST or "back" in request.GET
    services.archive_tax(tax_id=pk, by=asking.by(request), is_back=is_back)
    said = gettext("{name} is offered again") if is_back else gettext("Archived {name}")
    way_back = reverse("sales:tax_archiving", args=[pk]) + ("" if is_back else "?back=1")
    messages.success(request, said.format(name=found.name), extra_tags=f"undo:{way_back}")
    return _back()


def _saved(request: Request, form: Any, pk: int | None) -> bool:
    """Whether the tax was kept; otherwise the form says why not."""
    try:
        services.save_tax(tax_id=pk, **form.cleaned_data, by=asking.by(request))
    except services.TaxTakenError:
        form.add_error("name", gettext("Another tax is called so."))
        return False
    return True


def _back() -> HttpResponse:
    return asking.see_other(reverse("sales:taxes"))
