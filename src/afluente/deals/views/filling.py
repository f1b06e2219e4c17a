"""Filling in what a stage wants, and moving, in one step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from afluente.accounts.policies import assignable_by
from afluente.contacts import policies as contact_policies
from afluente.contacts import selectors as fields
from afluente.contacts import services as contacts
from afluente.contacts.models import EVERY
from afluente.deals import policies, selectors, services
from afluente.deals.forms import Amount
from afluente.deals.forms.details import DueDate
from afluente.deals.models import Deal, DealType, Stage
from afluente.deals.selectors.requirements import FIELD, REASON
from afluente.deals.views import asking
from afluente.deals.views.details import named
from afluente.kernel import htmx, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import QueryDict

    from afluente.accounts.requests import Request
    from afluente.contacts.selectors import KnownField


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One thing to be filled in: which, how it is called, its box for a field of the workspace's own, and
    what was wrong with what was typed.
    """

    key: str
    label: Any
    box: Any = None
    is_many: bool = False
    error: str = ""


class UnfilledError(Exception):
    """What was typed cannot be taken; why, by key."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(errors)
        self.errors = dict(errors)


@require_http_methods(["GET", "HEAD", "POST"])
def filling(request: Request, pk: int) -> HttpResponse:
    """What the deal lacks for the stage `stage`; POST fills it in and moves the deal there at once."""
    deal = asking.movable(request, pk)
    stages = Stage.objects.lasting().filter(pipeline__in=policies.pipelines_of(request.member))
    number = asking.number(request.POST.get("stage") or request.GET.get("stage"))
    stage = get_object_or_404(stages.select_related("pipeline"), pk=number or 0)
    lacking = selectors.missing([pk], selectors.required_of(stage, reason="")).get(pk, [])
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with transaction.atomic():
                _fill(request, deal, lacking)
                reason = text.clean(request.POST.get(REASON, ""), limit=255)
                services.move_deals(
                    deal_ids=[pk], to=stage, by=asking.by(request), lost_reason=reason or deal.lost_reason
                )
            return _done(request, deal, stage)
        except UnfilledError as unfilled:
            errors = unfilled.errors
        except services.MissingError as missing:
            said = gettext("Fill this in first.")
            errors = dict.fromkeys(missing.keys, said)
        except services.StageGoneError:
            errors = {"stage": asking.stage_gone()}
    context = {
        "deal": deal,
        "stage": stage,
        "asked": _asked(request, lacking, errors),
        "stage_error": errors.get("stage", ""),
        "members": asking.members(request),
        "types": selectors.deal_types(),
        "reasons": selectors.lost_reasons(),
        "due_form": DueDate(request.POST or None),
        "typed": {name: request.POST.get(name, "") for name in ("amount", "company", "person", REASON)},
    }
    status = 422 if errors else 200
    return htmx.respond(request, "deals/filling.html", context, fragment="form", status=status)


def _done(request: Request, deal: Deal, stage: Stage) -> HttpResponse:
    if not htmx.wants_fragment(request):
        return asking.see_other(reverse("deals:deal", args=[deal.pk]))
    response = htmx.trigger(HttpResponse(), "af:cards", {"ids": [deal.pk]})
    htmx.trigger(response, "af:filled", {"id": deal.pk})
    return htmx.toast(response, gettext("Moved to {stage}").format(stage=stage.name))


def _fill(request: Request, deal: Deal, lacking: list[str]) -> None:
    """Save what was typed of `lacking`. Raises UnfilledError."""
    errors: dict[str, str] = {}
    known = {f"{FIELD}{one.id}": one for one in fields.fields_of("deal", EVERY)}
    for key in lacking:
        try:
            if key in known:
                _fill_field(request, deal, known[key])
            elif key in _FILL:
                _FILL[key](request, deal, request.POST)
        except (contacts.ValueRefusedError, contacts.CompanyRefusedError, ValueError) as refused:
            errors[key] = getattr(refused, "advice", "") or str(refused)
    if errors:
        raise UnfilledError(errors)


def _fill_field(request: Request, deal: Deal, field: KnownField) -> None:
    typed = fields.typed_value(request.POST, field, prefix=f"{FIELD}{field.id}")
    value = contacts.read_value(field, typed, fields.home())
    if value is None:
        raise ValueError(gettext("Fill this in first."))
    # A move to another pipeline: its fields are filled before the deal is there.
    services.fill_values(
        given={deal.pk: {field.id: value}}, by=asking.by(request), pipeline_id=field.scope_id
    )


def _amount(request: Request, deal: Deal, data: QueryDict) -> None:
    try:
        amount = Amount(locale=asking.number_locale(request)).clean(data.get("amount", ""))
    except ValidationError as error:
        raise ValueError(error.messages[0]) from error
    services.change_deal(deal_id=deal.pk, changes={"amount": amount}, by=asking.by(request))


def _due(request: Request, deal: Deal, data: QueryDict) -> None:
    form = DueDate(data)
    if not form.is_valid():
        raise ValueError(" ".join(str(error) for errors in form.errors.values() for error in errors))
    services.set_due(deal_ids=[deal.pk], due=form.due, by=asking.by(request))


def _assignee(request: Request, deal: Deal, data: QueryDict) -> None:
    number = asking.number(data.get("assignee"))
    chosen = assignable_by(request.member).select_related("user").filter(pk=number or 0).first()
    services.assign_deals(deal_ids=[deal.pk], assignee=chosen, by=asking.by(request))


def _company(request: Request, deal: Deal, data: QueryDict) -> None:
    found = named(request, text.clean(data.get("company", ""), limit=120))
    services.set_company(deal_ids=[deal.pk], company=found, by=asking.by(request))


def _person(request: Request, deal: Deal, data: QueryDict) -> None:
    said = text.clean(data.get("person", ""), limit=254)
    if not said:
        return
    visitor = services.Visitor(email=said) if "@" in said else services.Visitor(name=said)
    contact_id, _is_new = services.find_or_make_contact(
        visitor=visitor, country=request.workspace.country, assignee=deal.assignee, by=asking.by(request)
    )
    if contact_policies.visible_to(request.member).filter(pk=contact_id).exists():
        services.link_contact(deal_id=deal.pk, contact_id=contact_id, by=asking.by(request))


def _type(request: Request, deal: Deal, data: QueryDict) -> None:
    chosen = DealType.objects.filter(archived_at=None, pk=asking.number(data.get("type")) or 0).first()
    services.set_type(deal_id=deal.pk, to=chosen, by=asking.by(request))


_FILL: dict[str, Callable[[Request, Deal, QueryDict], None]] = {
    "amount": _amount,
    "due": _due,
    "assignee": _assignee,
    "company": _company,
    "person": _person,
    "type": _type,
}


def _asked(request: Request, lacking: list[str], errors: Mapping[str, str]) -> list[Asked]:
    known = {f"{FIELD}{one.id}": one for one in fields.fields_of("deal", EVERY)}
    labels = dict(zip(lacking, selectors.labels_of(lacking), strict=True))
    return [
        Asked(
            key=key,
            label=labels[key],
            box=fields.value_form(known[key], None, _typed(request, known[key]), prefix=key)
            if key in known
            else None,
            is_many=key in known and known[key].kind == "multiselect",
            error=errors.get(key, ""),
        )
        for key in lacking
    ]


def _typed(request: Request, field: KnownField) -> Any:
    if request.method != "POST":
        return None
    return fields.typed_value(request.POST, field, prefix=f"{FIELD}{field.id}")
