"""The numbers that contacts have in other systems, for the programs that keep both in step."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from afluente.accounts.requests import member_of
from afluente.contacts import policies
from afluente.contacts.api.contacts import not_allowed, not_found, survivor_for
from afluente.kernel import text
from afluente.timeline.events import token_actor
from afluente.transfer.api.shapes import REFUSALS, Refused, Shape, refusal
from afluente.transfer.models import ExternalId
from afluente.transfer.services import externals

router = Router(tags=["Contacts"])
System = Annotated[str, Field(min_length=1, max_length=externals.SYSTEM)]
Value = Annotated[str, Field(min_length=1, max_length=externals.VALUE)]


class ExternalShape(Shape):
    """The name of the other system, and the number that the contact has there."""

    system: System
    value: Value


class ExternalOut(Schema):
    contact_id: int
    system: str
    value: str


class ExternalsOut(Schema):
    items: list[ExternalOut]


class ExternalQuery(Schema):
    system: System
    value: Value


@router.get("/external-ids", response={200: ExternalOut, **REFUSALS})
def find_by_external_id(request: HttpRequest, asked: Query[ExternalQuery]) -> Any:
    """Which contact has this number in that system. One that was merged is answered with the survivor."""
    system, value = externals.cleaned(asked.system, asked.value)
    found = ExternalId.objects.filter(system=system, value=value).first()
    if found is None:
        return not_found()
    contact_id = survivor_for(request, found.contact_id)
    if not policies.visible_to(member_of(request)).filter(pk=contact_id).exists():
        return not_found()
    return {"contact_id": contact_id, "system": found.system, "value": found.value}


@router.get("/contacts/{contact_id}/external-ids", response={200: ExternalsOut, **REFUSALS})
def list_external_ids(request: HttpRequest, contact_id: int) -> Any:
    """The numbers of a contact in other systems, by the name of the system."""
    if not policies.visible_to(member_of(request)).filter(pk=contact_id).exists():
        return not_found()
    return {"items": list(ExternalId.objects.filter(contact_id=contact_id).order_by("system", "pk"))}


@router.post("/contacts/{contact_id}/external-ids", response={200: ExternalOut, **REFUSALS, 409: Refused})
def name_external_id(request: HttpRequest, contact_id: int, payload: ExternalShape) -> Any:
    """Say which number a contact has in a system, in place of the one said before."""
    if refused := _out_of_reach(request, contact_id):
        return refused
    try:
        return externals.name_external(
            contact_id=contact_id, system=payload.system, value=payload.value, by=token_actor(request)
        )
    except externals.ExternalTakenError:
        return refusal(409, "conflict", "Another contact has this number in this system.", "value")
    except ValueError:
        return refusal(422, "invalid", "Write a name and a number that can be seen.", "value")


@router.delete("/contacts/{contact_id}/external-ids/{system}", response={204: None, **REFUSALS})
def forget_external_id(request: HttpRequest, contact_id: int, system: System) -> Any:
    """Forget the number of a contact in a system."""
    if refused := _out_of_reach(request, contact_id):
        return refused
    if not externals.forget_external(
        contact_id=contact_id, system=text.clean(system, limit=externals.SYSTEM), by=token_actor(request)
    ):
        return refusal(404, "not_found", "The contact has no number in this system.")
    return Status(204, None)


def _out_of_reach(request: HttpRequest, contact_id: int) -> Status[Any] | None:
    """404 for a contact that the token's maker does not see, 403 for one they only see."""
    if policies.editable_by(member_of(request)).filter(pk=contact_id).exists():
        return None
    is_seen = policies.visible_to(member_of(request)).filter(pk=contact_id).exists()
    return not_allowed() if is_seen else not_found()
