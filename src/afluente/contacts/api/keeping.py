"""Ways back and the settings of contacts, for other programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from afluente.accounts.policies import may_configure
from afluente.accounts.requests import member_of
from afluente.contacts import policies, selectors, services
from afluente.contacts.api import contacts as one
from afluente.contacts.api.shapes import ContactOut, Refused, Shape
from afluente.contacts.selectors.deleted import deleted_page
from afluente.timeline.events import token_actor
from afluente.timeline.models import Event

router = Router(tags=["Contacts"])
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]


class DeletedOut(Schema):
    id: int
    title: str
    address: str = Field(description="The main e-mail or phone.")
    deleted_at: datetime | None


class DeletedPageOut(Schema):
    items: list[DeletedOut]
    next: str | None


class SettingsPatch(Shape):
    """What is to be changed; what is left out stays."""

    default_assignee_id: Number | None = Field(
        None, description="Who gets contacts and deals that arrive by themselves; null for nobody."
    )


class SettingsOut(Schema):
    default_assignee_id: int | None


@router.get("/contacts/deleted", response={200: DeletedPageOut})
def list_deleted_contacts(
    request: HttpRequest, cursor: Annotated[int, Query(ge=1, le=2**63 - 1)] | None = None
) -> Any:
    """Deleted contacts that can be brought back, the last ones first, fifty at a time."""
    rows, following = deleted_page(member=member_of(request), after=cursor)
    return {"items": rows, "next": str(following) if following else None}


@router.post(
    "/contacts/{contact_id}/changes/{event_id}/undo",
    response={200: ContactOut, 403: Refused, 404: Refused, 409: Refused},
)
def undo_change(request: HttpRequest, contact_id: int, event_id: int) -> Any:
    """Take back one change of fields, location or address: `event_id` is a contact.changed of its history."""
    member = member_of(request)
    if not policies.visible_to(member).filter(pk=contact_id).exists():
        return one.not_found()
    if not policies.editable_by(member).filter(pk=contact_id).exists():
        return one.not_allowed()
    if not Event.objects.filter(pk=event_id, contact_id=contact_id, kind="contact.changed").exists():
        return one.refusal(404, "not_found", "There is no such change.")
    if not services.undo_changes(event_ids=[event_id], by=token_actor(request)):
        return one.refusal(409, "conflict", "There is nothing of it left to take back.")
    return selectors.api_contacts([contact_id])[0]


@router.get("/contacts/settings", response={200: SettingsOut, 403: Refused})
def read_contact_settings(request: HttpRequest) -> Any:
    """What a workspace has decided about its contacts."""
    if not may_configure(member_of(request)):
        return one.not_allowed()
    return {"default_assignee_id": selectors.default_assignee_id()}


@router.patch("/contacts/settings", response={200: SettingsOut, 403: Refused, 422: Refused})
def change_contact_settings(request: HttpRequest, payload: SettingsPatch) -> Any:
    """Change the settings of contacts."""
    if not may_configure(member_of(request)):
        return one.not_allowed()
    if "default_assignee_id" in payload.model_fields_set:
        try:
            to = one.assignee(request, payload.default_assignee_id)
        except one.MistakeError as mistake:
            return one.refusal(422, "invalid", str(mistake), "default_assignee_id")
        services.set_default_assignee(to=to, by=token_actor(request))
    return {"default_assignee_id": selectors.default_assignee_id()}
