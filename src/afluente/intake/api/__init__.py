"""The door for programs: leads (kept, then worked on) and deals with their contact (at once)."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from afluente.accounts.requests import member_of, token_of
from afluente.deals import policies as deal_policies
from afluente.intake import services
from afluente.intake.api import knocking
from afluente.intake.api.shapes import (
    DealCreated,
    DealWithContactIn,
    LeadAccepted,
    LeadOut,
    NoteOut,
    ProblemOut,
)
from afluente.intake.models import RawEvent
from afluente.intake.services import opening

router = Router(tags=["Leads"])
REFUSALS: dict[int, Any] = {
    400: ProblemOut,
    401: ProblemOut,
    403: ProblemOut,
    413: ProblemOut,
    422: ProblemOut,
}


@router.post(
    "/leads",
    response={202: LeadAccepted, **REFUSALS},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/LeadIn"}}},
        }
    },
)
def send_lead(request: HttpRequest) -> Any:
    """Send a lead. It is kept durably before the answer; what becomes of it is read at /leads/{id}.

    Send an `Idempotency-Key` header to have repeats recognised.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    arrival = knocking.lead_arrival(request.body, headers, address=request.META.get("REMOTE_ADDR", ""))
    receipt = arrival
    if isinstance(receipt, services.Arrival):
        (receipt,) = services.accept_many([receipt])
    return Status(receipt.status, knocking.answer_of(receipt))


@router.get("/leads/{lead_id}", response={200: LeadOut, 404: ProblemOut})
def read_lead(request: HttpRequest, lead_id: uuid.UUID) -> Any:
    """What became of a lead."""
    event = RawEvent.objects.filter(public_id=lead_id).first()
    if event is None:
        return Status(404, {"error": {"code": "not_found", "message": "There is no such lead."}})
    notes = [NoteOut(code=note["code"], message=services.sentence(note)) for note in event.notes]
    lead = LeadOut(
        id=str(event.public_id),
        state=event.state,
        received_at=event.received_at,
        ended_at=event.ended_at,
        attempts=event.attempts,
        contact_id=event.contact_id,
        deal_id=event.deal_id,
        error=event.error or None,
        notes=notes,
    )
    return Status(200, lead)


@router.post(
    "/deals",
    response={201: DealCreated, 409: ProblemOut, **REFUSALS},
    tags=["Deals"],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DealWithContactIn"}}},
        }
    },
)
def open_deal(request: HttpRequest) -> Any:
    """Open a deal with its contact in one call: the contact is found by its addresses or made."""
    if not deal_policies.may_create(member_of(request)):
        message = "Whoever made this token may not do that."
        return Status(403, {"error": {"code": "not_allowed", "message": message, "field": None}})
    wanted = knocking.read_shape(request.body, DealWithContactIn)
    if isinstance(wanted, services.Receipt):
        return Status(wanted.status, knocking.answer_of(wanted))
    try:
        made = opening.open_deal_with_contact(
            token=token_of(request),
            body=request.body,
            target=opening.Target(
                pipeline_id=wanted.pipeline_id, stage_id=wanted.stage_id, assignee_id=wanted.assignee_id
            ),
            lead=_as_lead(wanted),
        )
    except opening.NoSuchTargetError as error:
        return Status(422, {"error": {"code": "invalid", "message": str(error), "field": error.field}})
    return Status(201, made)


def _as_lead(wanted: DealWithContactIn) -> dict[str, Any]:
    """The same body in the shape of a lead, so that one reader reads both."""
    body = wanted.model_dump(mode="json", exclude={"pipeline_id", "stage_id", "assignee_id"})
    body["deal"] = {name: body.pop(name) for name in ("name", "amount", "currency")}
    return body
