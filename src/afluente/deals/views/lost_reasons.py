"""Settings: the reasons for losing deals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.deals import selectors, services
from afluente.deals.forms.types import ReasonName
from afluente.deals.models import Deal, LostReason
from afluente.deals.views import asking

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def reasons(request: Request) -> HttpResponse:
    """Every reason. POST makes one (`name`), or says their order (`order`, `up`, `down`)."""
    asking.require_configurer(request)
    offered, archived = selectors.reason_rows()
    form = ReasonName(request.POST if "name" in request.POST else None)
    if request.method == "POST":
        if "name" not in request.POST:
            wanted = asking.reordered([row.pk for row in offered], request.POST)
            services.order_reasons(ids=wanted, by=asking.by(request))
            return _back()
        if form.is_valid():
            try:
                services.create_reason(name=form.cleaned_data["name"], by=asking.by(request))
                return _back()
            except services.ReasonTakenError as taken:
                form.add_error("name", _taken(taken))
    context = {"offered": offered, "archived": archived, "form": form}
    return render(request, "deals/lost_reasons.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """One reason: its words (POST), its end."""
    asking.require_configurer(request)
    found = get_object_or_404(LostReason, pk=pk)
    form = ReasonName(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_reason(reason_id=pk, name=form.cleaned_data["name"], by=asking.by(request))
            messages.success(request, gettext("Saved"))
            return _back()
        except services.ReasonTakenError as taken:
            form.add_error("name", _taken(taken))
    context = {
        "reason": found,
        "form": form,
        "count": Deal.objects.present().filter(lost_reason=found.name).count(),
    }
    return render(request, "deals/lost_reason_edit.html", context, status=422 if form.errors else 200)


@require_POST
def archiving(request: Request, pk: int) -> HttpResponse:
    """Offer a reason no more, or again (`back`)."""
    asking.require_configurer(request)
    found = get_object_or_404(LostReason, pk=pk)
    is_back = "back" in request.POST
    services.archive_reason(reason_id=pk, by=asking.by(request), is_back=is_back)
    said = gettext("{name} is offered again") if is_back else gettext("Archived {name}")
    messages.success(request, said.format(name=found.name))
    return _back()


@require_POST
def deletion(request: Request, pk: int) -> HttpResponse:
    """End a reason; deals keep their words."""
    asking.require_configurer(request)
    found = get_object_or_404(LostReason, pk=pk)
    services.delete_reason(reason_id=pk, by=asking.by(request))
    messages.success(request, gettext("Deleted {name}").format(name=found.name))
    return _back()


def _taken(error: services.ReasonTakenError) -> str:
    if error.is_archived:
        return gettext("An archived reason says so. Bring it back instead.")
    return gettext("Another reason says so.")


def _back() -> HttpResponse:
    return asking.see_other(reverse("deals:lost_reasons"))
