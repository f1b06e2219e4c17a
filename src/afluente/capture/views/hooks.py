"""The list of webhooks and the editor: address, signature, mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from afluente.capture import policies, selectors, services
from afluente.capture.forms import mapping as mappings
from afluente.intake import services as intake
from afluente.intake.models import Source
from afluente.intake.selectors.reading import read_dry
from afluente.kernel import box, htmx, jsonin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def hooks(request: Request) -> HttpResponse:
    """All webhooks; POST makes one and opens its editor."""
    if not policies.may_capture(request.member):
        raise Http404
    if request.method == "POST":
        made = intake.create_source(kind=Source.Kind.WEBHOOK, name=_("New webhook"))
        return redirect("capture:hook", made.pk)
    found = list(policies.hooks_of(request.member).order_by("-is_on", "name", "pk"))
    traffic = selectors.traffic_of([hook.pk for hook in found])
    rows = [(hook, traffic.get(hook.pk, selectors.Traffic())) for hook in found]
    return render(request, "capture/hooks.html", {"rows": rows, "days": selectors.DAYS})


@require_http_methods(["GET", "HEAD", "POST"])
def hook(request: Request, pk: int) -> HttpResponse:
    """The editor. POST saves; with `do=try` it only shows what the last body would become."""
    found = get_object_or_404(policies.hooks_of(request.member), pk=pk)
    if request.method != "POST":
        return _show(request, found, mappings.Hook(source=found))
    form = mappings.Hook(request.POST, source=found)
    chosen = mappings.posted_mapping(request.POST)
    is_valid = form.is_valid()
    if request.POST.get("do") == "try" or not is_valid:
        return _show(request, found, form, mapping=chosen, status=200 if is_valid else 422)
    services.change_hook(source=found, mapping=chosen, **form.cleaned_data)
    messages.success(request, _("Saved"))
    return HttpResponseRedirect(reverse("capture:hook", args=[pk]), status=303)


def _show(
    request: Request,
    found: Source,
    form: mappings.Hook,
    *,
    mapping: Sequence[Mapping[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"hook": found, "form": form, "address": _address(found)}
    context |= _heard(request, found, mapping)
    response = htmx.respond(request, "capture/hook.html", context, fragment="heard", status=status)
    if htmx.wants_fragment(request) and context["heard"]:
        htmx.trigger(response, "af:heard", {})  # what it would become is drawn beside it
    return response


def _heard(request: Request, found: Source, mapping: Sequence[Mapping[str, str]] | None) -> dict[str, Any]:
    """The last body as lines to map, and what it would become."""
    heard = selectors.last_heard(found)
    if heard is None:
        return {"heard": None}
    used = found.mapping if mapping is None else mapping
    context: dict[str, Any] = {"heard": heard, "groups": mappings.target_groups(), "is_guess": False}
    try:
        body = intake.parse_body(heard.body, heard.content_type)
    except intake.UnreadableBodyError as error:
        return context | {"fault": jsonin.worded(str(error)), "lines": mappings.lines_of({}, used)}
    if not used and mapping is None:
        used = intake.guess_mapping(body)
        context["is_guess"] = bool(used)
    reading = read_dry(
        member=request.member, source=found, body=heard.body, content_type=heard.content_type, mapping=used
    )
    return context | {"lines": mappings.lines_of(body, used), "reading": reading}


def _address(found: Source) -> str:
    """The whole address; '' when its secret was sealed with another key and has to be made anew."""
    try:
        return intake.hook_url(found)
    except box.UnreadableSecretError:
        return ""


@require_POST
def reading(request: Request, pk: int) -> HttpResponse:
    """What the last body would become with the mapping on the screen. Changes nothing."""
    found = get_object_or_404(policies.hooks_of(request.member), pk=pk)
    context = _heard(request, found, mappings.posted_mapping(request.POST))
    return render(request, "capture/_reading.html", context)


@require_POST
def secret(request: Request, pk: int) -> HttpResponse:
    """Give the webhook a new address."""
    found = get_object_or_404(policies.hooks_of(request.member), pk=pk)
    intake.rotate_secret(source=found)
    messages.success(request, _("There is a new address. The old one has stopped working."))
    return HttpResponseRedirect(reverse("capture:hook", args=[pk]), status=303)


@require_POST
def switch(request: Request, pk: int) -> HttpResponse:
    """Open or shut a webhook."""
    found = get_object_or_404(policies.hooks_of(request.member), pk=pk)
    is_on = request.POST.get("is_on") == "1"
    services.switch_hook(source=found, is_on=is_on)
    messages.success(request, _("The webhook takes leads") if is_on else _("The webhook is off"))
    return HttpResponseRedirect(reverse("capture:hook", args=[pk]), status=303)


@require_POST
def deletion(request: Request, pk: int) -> HttpResponse:
    """Shut a webhook for good."""
    found = get_object_or_404(policies.hooks_of(request.member), pk=pk)
    intake.delete_source(source=found)
    services.forget_body(source_id=found.pk)
    messages.success(request, _("Deleted. Its leads stay."))
    return HttpResponseRedirect(reverse("capture:hooks"), status=303)
