"""Settings: templates of messages, and what they say to a real person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.deals import policies as deals
from afluente.delivery import forms, policies, selectors, services
from afluente.delivery.models import Channel, Template
from afluente.delivery.selectors.messages import OFFERED
from afluente.delivery.views import asking

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_safe
def templates(request: Request) -> HttpResponse:
    """Every template."""
    asking.require(request, policies.may_list)
    context = {
        "offered": selectors.templates(),
        "archived": selectors.templates(is_archived=True),
        "may_write": policies.may_write(request.member),
    }
    return render(request, "delivery/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Write a new template."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a template. Rules that name it send the new words."""
    return _edit(request, get_object_or_404(Template, pk=pk))


def _edit(request: Request, found: Template | None) -> HttpResponse:
    asking.require(
        request, policies.may_write if request.method == "POST" or found is None else policies.may_list
    )
    initial = {name: getattr(found, name) for name in ("name", "subject", "body")} if found else {}
    channel = found.channel if found else _channel(request)
    made = forms.SmsTemplate if channel == Channel.SMS else forms.Template
    form = made(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            services.save_template(template=found, channel=channel, **{"subject": "", **form.cleaned_data})
        except services.BadValuesError as bad:
            for name, said in bad.problems.items():
                form.add_error(name, said)
        else:
            messages.success(request, gettext("Saved"))
            return asking.see_other(reverse("delivery:templates"))
    context = {
        "template": found,
        "channel": channel,
        "form": form,
        "variables": selectors.variables(),
        "may_write": policies.may_write(request.member),
        **_preview(request, initial, channel),
    }
    return render(request, "delivery/template_edit.html", context, status=422 if form.errors else 200)


@require_POST
def preview(request: Request) -> HttpResponse:
    """What the words that are being written say to the person of a deal (`deal`)."""
    asking.require(request, policies.may_list)
    return render(request, "delivery/_preview.html", _preview(request, {}, _channel(request)))


def _channel(request: Request) -> str:
    """What a new template is for, by the address (`channel`)."""
    said = request.GET.get("channel", "")
    return Channel.SMS if said == Channel.SMS else Channel.EMAIL


def _preview(request: Request, initial: dict[str, Any], channel: str) -> dict[str, Any]:
    said = request.POST if request.method == "POST" else initial
    visible = deals.visible_to(request.member)
    wanted = request.POST.get("deal", "")
    chosen = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0
    offered = list(visible.order_by("-stage_entered_at", "-pk")[:OFFERED])
    deal = visible.filter(pk=chosen).first() or next(iter(offered), None)
    context: dict[str, Any] = {
        "deals": selectors.deals_offered(offered),
        "deal": deal,
        "shown": None,
        "wrong": "",
        "channel": channel,
    }
    body = str(said.get("body", ""))[: services.BODY]
    if deal is not None and body.strip():
        try:
            subject = str(said.get("subject", ""))[:500]
            context["shown"] = services.preview(subject=subject, body=body, deal_id=deal.pk)
            context["unknown"] = services.template_problems(subject=subject, body=body)[:1]
            context["count"] = services.count_segments(context["shown"].text)
        except services.BadTemplateError as bad:
            context["wrong"] = str(bad)
    return context


@require_POST
def archiving(request: Request, pk: int) -> HttpResponse:
    """Offer a template no more, or again (`back`)."""
    asking.require(request, policies.may_write)
    found = get_object_or_404(Template, pk=pk)
    is_back = "back" in request.POST
    services.archive_template(found, is_back=is_back)
    said = gettext("{name} is offered again") if is_back else gettext("Archived {name}")
    messages.success(request, said.format(name=found.name))
    return asking.see_other(reverse("delivery:templates"))
