"""Headings of fields and the choices of lists, one by one, for other programs."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field as Value

from afluente.accounts.policies import may_configure
from afluente.accounts.requests import member_of
from afluente.contacts import selectors, services
from afluente.contacts.api.contacts import not_allowed, refusal
from afluente.contacts.api.fields import FieldOut, Label, field_found, missing_field
from afluente.contacts.api.shapes import Refused, Shape
from afluente.contacts.models import FieldTab
from afluente.timeline.events import token_actor

router = Router(tags=["Fields"])
Number = Annotated[int, Value(ge=1, le=2**63 - 1)]


class HeadingShape(Shape):
    name: Annotated[str, Value(min_length=1, max_length=64)]


class HeadingOrder(Shape):
    headings: list[Number] = Value(max_length=500, description="Numbers of headings, the first one first.")


class HeadingOut(Schema):
    id: int
    name: str


class HeadingsOut(Schema):
    items: list[HeadingOut]


class OptionPatch(Shape):
    """What is to be changed; what is left out stays."""

    label: Label | None = None
    color: int | None = Value(None, ge=0, le=23, description="A hue; null for the one that its place gives.")
    position: int | None = Value(None, ge=0, le=500, description="Its place among the choices, from 0.")
    is_archived: bool | None = Value(
        None, description="Archived ones stay where they are and are not offered."
    )


class OptionNew(Shape):
    label: Label
    color: int | None = Value(None, ge=0, le=23)


@router.get("/fields/headings", response=HeadingsOut)
def list_headings(request: HttpRequest) -> Any:
    """The headings under which fields stand on a card, in their order."""
    return {"items": selectors.tabs_of()}


@router.post("/fields/headings", response={201: HeadingOut, 403: Refused, 422: Refused})
def create_heading(request: HttpRequest, payload: HeadingShape) -> Any:
    """Make a heading, after the present ones."""
    return _save(request, None, payload)


@router.post("/fields/headings/order", response={200: HeadingsOut, 403: Refused})
def order_headings(request: HttpRequest, payload: HeadingOrder) -> Any:
    """Put headings into another order; those that are not named stand behind."""
    if not may_configure(member_of(request)):
        return not_allowed()
    services.order_tabs(ids=payload.headings, by=token_actor(request))
    return {"items": selectors.tabs_of()}


@router.patch(
    "/fields/headings/{heading_id}", response={200: HeadingOut, 403: Refused, 404: Refused, 422: Refused}
)
def change_heading(request: HttpRequest, heading_id: int, payload: HeadingShape) -> Any:
    """Give a heading another name."""
    return _save(request, heading_id, payload)


@router.delete("/fields/headings/{heading_id}", response={204: None, 403: Refused, 404: Refused})
def delete_heading(request: HttpRequest, heading_id: int) -> Any:
    """Delete a heading; its fields stand under General."""
    if not may_configure(member_of(request)):
        return not_allowed()
    try:
        services.delete_tab(tab_id=heading_id, by=token_actor(request))
    except FieldTab.DoesNotExist:
        return _no_heading()
    return Status(204, None)


@router.post("/fields/{field_id}/options", response={201: FieldOut, 403: Refused, 404: Refused, 422: Refused})
def create_option(request: HttpRequest, field_id: int, payload: OptionNew) -> Any:
    """Add a choice, after the present ones."""
    return _rewrite(
        request, field_id, None, lambda drafts: [*drafts, services.OptionDraft(**payload.dict())], 201
    )


@router.patch(
    "/fields/{field_id}/options/{option_id}",
    response={200: FieldOut, 403: Refused, 404: Refused, 422: Refused},
)
def change_option(request: HttpRequest, field_id: int, option_id: int, payload: OptionPatch) -> Any:
    """Rename, recolour, move or archive a choice; it shows at once wherever it stands."""
    given = {
        name: value
        for name, value in payload.dict(exclude_unset=True).items()
        if value is not None or name == "color"
    }
    place = given.pop("position", None)

    def change(drafts: list[services.OptionDraft]) -> list[services.OptionDraft]:
        at = next(n for n, draft in enumerate(drafts) if draft.id == option_id)
        changed = replace(drafts.pop(at), **given)
        drafts.insert(at if place is None else place, changed)
        return drafts

    return _rewrite(request, field_id, option_id, change)


@router.delete(
    "/fields/{field_id}/options/{option_id}",
    response={200: FieldOut, 403: Refused, 404: Refused, 422: Refused},
)
def delete_option(request: HttpRequest, field_id: int, option_id: int) -> Any:
    """Delete a choice; one that records have is put into the archive instead. The field is answered."""
    return _rewrite(
        request, field_id, option_id, lambda drafts: [draft for draft in drafts if draft.id != option_id]
    )


def _save(request: HttpRequest, number: int | None, payload: HeadingShape) -> Any:
    if not may_configure(member_of(request)):
        return not_allowed()
    try:
        saved = services.save_tab(tab_id=number, name=payload.name, by=token_actor(request))
    except FieldTab.DoesNotExist:
        return _no_heading()
    except services.FieldRefusedError as refused:
        return refusal(422, "invalid", str(refused), "name")
    return Status(200 if number else 201, {"id": saved.pk, "name": saved.name})


def _rewrite(
    request: HttpRequest, field_id: int, option_id: int | None, change: Any, status: int = 200
) -> Any:
    """Let `change` make the choices of a list what they shall be."""
    found = field_found(field_id)
    if found is None:
        return missing_field()
    if not may_configure(member_of(request)):
        return not_allowed()
    if option_id is not None and option_id not in {option.id for option in found.options}:
        return refusal(404, "not_found", "There is no such choice.")
    drafts = [
        services.OptionDraft(
            label=option.label, id=option.id, color=option.color, is_archived=option.is_archived
        )
        for option in found.options
    ]
    try:
        services.save_options(field_id=field_id, drafts=change(drafts), by=token_actor(request))
    except services.FieldRefusedError as refused:
        return refusal(422, "invalid", str(refused), "label")
    return Status(status, field_found(field_id))


def _no_heading() -> Status[Any]:
    return refusal(404, "not_found", "There is no such heading.")
