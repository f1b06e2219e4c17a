"""Deal rules: which deal an arrival becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from afluente.intake import forms, policies, services
from afluente.intake.selectors import rules as listing
from afluente.intake.selectors import samples
from afluente.intake.services import naming
from afluente.intake.services.rule_removal import delete_rule

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.intake.models import DealRule, Source


@require_http_methods(["GET", "HEAD"])
def rules(request: Request) -> HttpResponse:
    """All deal rules and where they lead."""
    _may_or_404(request)
    return render(request, "intake/rules.html", {"rules": listing.rules_with_use(member=request.member)})


@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: Request) -> HttpResponse:
    """Make a rule; `?source=` gives it to that door and returns there."""
    _may_or_404(request)
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: Request, pk: int) -> HttpResponse:
    """Change a rule."""
    return _edit(request, get_object_or_404(policies.rules_of(request.member), pk=pk))


def _edit(request: Request, found: DealRule | None) -> HttpResponse:
    source = _source(request)
    initial = forms.initial_of(found) if found else {"name": source.name if source else ""}
    form = forms.Rule(
        request.POST if request.method == "POST" else None, member=request.member, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        saved = services.save_rule(rule=found, **form.cleaned_data)
        if source is not None and source.rule_id != saved.pk:
            services.change_source(source=source, name=source.name, rule=saved, is_on=source.is_on)
        messages.success(request, _("Saved"))
        return HttpResponseRedirect(_next(request), status=303)
    context = {
        "rule": found,
        "form": form,
        "source": source,
        "next": _wish(request),
        "variables": samples.VARIABLES,
        "preview": _named(request, str(form["name_template"].value() or "")),
        "is_lost": found is not None and found.had_target and found.stage_id is None,
    }
    return render(request, "intake/rule.html", context, status=422 if form.errors else 200)


@require_POST
def preview(request: Request) -> HttpResponse:
    """What a template would call the deal of the last lead, or of an invented one."""
    _may_or_404(request)
    context = {"preview": _named(request, request.POST.get("name_template", "")[:500])}
    return render(request, "intake/_rule_preview.html", context)


def _named(request: Request, template: str) -> dict[str, Any]:
    sample = samples.sample_lead(member=request.member)
    variables = sample.lead.variables() | {"deal_name": sample.lead.deal_name}
    fault = _fault(template)
    name = "" if fault else services.deal_name(template, variables)
    fallback = sample.lead.deal_name or sample.lead.name
    return {"name": name or fallback, "is_fallback": not name, "fault": fault, "is_real": sample.is_real}


def _fault(template: str) -> str:
    try:
        naming.compiled(template)
    except naming.BadTemplateError as error:
        return str(error)
    return ""


@require_POST
def deletion(request: Request, pk: int) -> HttpResponse:
    """Delete a rule; its doors fall back to the first stage."""
    delete_rule(rule=get_object_or_404(policies.rules_of(request.member), pk=pk))
    messages.success(request, _("Deleted. Its sources use the first stage now."))
    return HttpResponseRedirect(reverse("intake:rules"), status=303)


def _may_or_404(request: Request) -> None:
    if not policies.may_configure(request.member):
        raise Http404


def _source(request: Request) -> Source | None:
    number = request.POST.get("source") or request.GET.get("source", "")
    if not (number.isdecimal() and len(number) < 19):
        return None
    return policies.sources_of(request.member).filter(pk=int(number)).first()


def _next(request: Request) -> str:
    """Back to where the person came from."""
    return _wish(request) or reverse("intake:rules")


def _wish(request: Request) -> str:
    """Where the page that led here wants its person back, on this host only; '' when it says nothing."""
    target = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours else ""
