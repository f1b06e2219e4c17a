"""Types of deals and reasons for losing, for other programs: read, made, renamed, archived, ordered, ended."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import Router, Status

from afluente.accounts.requests import member_of
from afluente.deals import policies, services
from afluente.deals.api.acting import refuse
from afluente.deals.api.pipeline_shapes import Order, WordNew, WordOut, WordPatch, WordsOut
from afluente.deals.api.shapes import REFUSALS
from afluente.deals.models import DealType, LostReason
from afluente.kernel import text
from afluente.timeline.events import token_actor

router = Router(tags=["Pipelines"])
TAKEN = "There is one of this name already, perhaps archived."


@router.get("/deal-types", response={200: WordsOut, **REFUSALS})
def list_types(request: HttpRequest) -> Any:
    """The types of deals in their order, archived ones too."""
    return _list(request, DealType)


@router.post("/deal-types", response={201: WordOut, **REFUSALS})
def create_type(request: HttpRequest, payload: WordNew) -> Any:
    """Make a type, offered after all others."""
    if refusal := _refusal(request):
        return refusal
    name = text.clean(payload.name, limit=64)
    if not name:
        return refuse(422, "invalid", "It needs a name.", "name")
    try:
        return JsonResponse(_out(services.create_type(name=name, by=token_actor(request))), status=201)
    except services.TypeNameTakenError:
        return refuse(422, "invalid", TAKEN, "name")


@router.post("/deal-types/order", response={200: WordsOut, **REFUSALS})
def order_types(request: HttpRequest, payload: Order) -> Any:
    """Offer the types in this order; those not named come after."""
    if refusal := _refusal(request):
        return refusal
    services.order_types(ids=payload.ids, by=token_actor(request))
    return _list(request, DealType)


@router.patch("/deal-types/{type_id}", response={200: WordOut, **REFUSALS})
def change_type(request: HttpRequest, type_id: int, payload: WordPatch) -> Any:
    """Rename a type on every deal at once, or offer it no more."""
    if refusal := _refusal(request, DealType, type_id):
        return refusal
    by = token_actor(request)
    name = text.clean(payload.name or "", limit=64)
    if payload.name is not None and not name:
        return refuse(422, "invalid", "It needs a name.", "name")
    try:
        if name:
            services.rename_type(type_id=type_id, name=name, by=by)
    except services.TypeNameTakenError:
        return refuse(422, "invalid", TAKEN, "name")
    if payload.is_archived is not None:
        services.archive_type(type_id=type_id, by=by, is_back=not payload.is_archived)
    return JsonResponse(_out(DealType.objects.get(pk=type_id)))


@router.delete("/deal-types/{type_id}", response={204: None, **REFUSALS})
def delete_type(request: HttpRequest, type_id: int) -> Any:
    """End a type that no deal has; one in use can be archived."""
    if refusal := _refusal(request, DealType, type_id):
        return refusal
    try:
        services.delete_type(type_id=type_id, by=token_actor(request))
    except services.TypeInUseError:
        return refuse(422, "invalid", "Deals are of this type. Archive it instead.")
    return Status(204, None)


@router.get("/lost-reasons", response={200: WordsOut, **REFUSALS})
def list_reasons(request: HttpRequest) -> Any:
    """The reasons for losing in their order, archived ones too."""
    return _list(request, LostReason)


@router.post("/lost-reasons", response={201: WordOut, **REFUSALS})
def create_reason(request: HttpRequest, payload: WordNew) -> Any:
    """Offer a reason, after all others."""
    if refusal := _refusal(request):
        return refusal
    name = text.clean(payload.name, limit=64)
    if not name:
        return refuse(422, "invalid", "It needs a name.", "name")
    try:
        return JsonResponse(_out(services.create_reason(name=name, by=token_actor(request))), status=201)
    except services.ReasonTakenError:
        return refuse(422, "invalid", TAKEN, "name")


@router.post("/lost-reasons/order", response={200: WordsOut, **REFUSALS})
def order_reasons(request: HttpRequest, payload: Order) -> Any:
    """Offer the reasons in this order; those not named come after."""
    if refusal := _refusal(request):
        return refusal
    services.order_reasons(ids=payload.ids, by=token_actor(request))
    return _list(request, LostReason)


@router.patch("/lost-reasons/{reason_id}", response={200: WordOut, **REFUSALS})
def change_reason(request: HttpRequest, reason_id: int, payload: WordPatch) -> Any:
    """Put a reason into other words on every deal that has it, or offer it no more."""
    if refusal := _refusal(request, LostReason, reason_id):
        return refusal
    by = token_actor(request)
    name = text.clean(payload.name or "", limit=64)
    if payload.name is not None and not name:
        return refuse(422, "invalid", "It needs a name.", "name")
    try:
        if name:
            services.rename_reason(reason_id=reason_id, name=name, by=by)
    except services.ReasonTakenError:
        return refuse(422, "invalid", TAKEN, "name")
    if payload.is_archived is not None:
        services.archive_reason(reason_id=reason_id, by=by, is_back=not payload.is_archived)
    return JsonResponse(_out(LostReason.objects.get(pk=reason_id)))


@router.delete("/lost-reasons/{reason_id}", response={204: None, **REFUSALS})
def delete_reason(request: HttpRequest, reason_id: int) -> Any:
    """End a reason; deals keep their words."""
    if refusal := _refusal(request, LostReason, reason_id):
        return refusal
    services.delete_reason(reason_id=reason_id, by=token_actor(request))
    return Status(204, None)


def _refusal(request: HttpRequest, model: Any = None, number: int = 0) -> JsonResponse | None:
    if model is not None and not model.objects.filter(pk=number).exists():
        return refuse(404, "not_found", "There is none of this number.")
    if not policies.may_configure(member_of(request)):
        return refuse(403, "not_allowed", "Whoever made this token may not set pipelines up.")
    return None


def _list(request: HttpRequest, model: Any) -> JsonResponse:
    if not policies.may_list(member_of(request)):
        return refuse(403, "not_allowed", "Whoever made this token may not do that.")
    return JsonResponse({"items": [_out(one) for one in model.objects.order_by("position", "pk")]})


def _out(one: DealType | LostReason) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "position": one.position,
        "is_archived": one.archived_at is not None,
    }
