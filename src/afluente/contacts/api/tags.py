"""Tags for other programs (docs/reference/api.md): the list, and putting them on contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from afluente.accounts.policies import may_configure
from afluente.accounts.requests import member_of
from afluente.contacts import policies, selectors, services
from afluente.contacts.api.contacts import refusal
from afluente.contacts.api.shapes import Refused, Shape
from afluente.contacts.models import Tag
from afluente.kernel import text
from afluente.kernel.keyset import number_in
from afluente.kernel.seeking import Sought
from afluente.timeline.events import token_actor

router = Router(tags=["Tags"])
LIMIT = 100
MANY = 1_000

Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Name = Annotated[str, Field(min_length=1, max_length=64)]


class TagNew(Shape):
    name: Name
    color: int | None = Field(None, ge=0, le=23, description="A hue; without one the name decides.")


class TagPatch(Shape):
    name: Name | None = None
    color: int | None = Field(None, ge=0, le=23)


class TagMergeShape(Shape):
    into_id: Number = Field(description="The tag that stays.")


class TaggingShape(Shape):
    contact_ids: list[Number] = Field(min_length=1, max_length=MANY)


class TagOut(Schema):
    id: int
    name: str
    color: int
    contacts: int
    created_at: datetime


class TagsOut(Schema):
    items: list[TagOut]
    next: str | None


class TaggedOut(Schema):
    changed: list[int]


class Asked(Schema):
    cursor: str = ""
    q: Sought = Field("", max_length=64)
    limit: int = Field(50, ge=1, le=LIMIT)


def _not_found() -> Status[Any]:
    return refusal(404, "not_found", "There is no such tag.")


def _forbidden() -> Status[Any]:
    return refusal(403, "forbidden", "Whoever made this token may not arrange tags.")


@router.get("/tags", response=TagsOut)
def list_tags(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Tags by number; `q` stands somewhere in the name, accents and case aside."""
    items, following = selectors.api_tags(
        member=member_of(request),
        typed=text.clean(asked.q, limit=64),
        after=number_in(asked.cursor),
        limit=asked.limit,
    )
    return {"items": items, "next": following}


@router.post("/tags", response={201: TagOut, 422: Refused})
def create_tag(request: HttpRequest, payload: TagNew) -> Any:
    """Make a tag."""
    try:
        made = services.create_tag(name=payload.name, color=payload.color, by=token_actor(request))
    except services.TagRefusedError as refused:
        return refusal(422, "invalid", str(refused), "name")
    return Status(201, selectors.api_tag(made, contacts=0))


@router.get("/tags/{tag_id}", response={200: TagOut, 404: Refused})
def read_tag(request: HttpRequest, tag_id: int) -> Any:
    """One tag."""
    found = Tag.objects.filter(pk=tag_id).first()
    return _shown(request, found) if found else _not_found()


@router.patch("/tags/{tag_id}", response={200: TagOut, 403: Refused, 404: Refused, 422: Refused})
def change_tag(request: HttpRequest, tag_id: int, payload: TagPatch) -> Any:
    """Rename or recolour a tag; it shows at once wherever the tag stands."""
    if not may_configure(member_of(request)):
        return _forbidden()
    try:
        changed = services.change_tag(
            tag_id=tag_id, name=payload.name, color=payload.color, by=token_actor(request)
        )
    except services.TagGoneError:
        return _not_found()
    except services.TagRefusedError as refused:
        return refusal(422, "invalid", str(refused), "name")
    return _shown(request, changed)


@router.delete("/tags/{tag_id}", response={204: None, 403: Refused, 404: Refused})
def delete_tag(request: HttpRequest, tag_id: int) -> Any:
    """End a tag and take it off every contact."""
    if not may_configure(member_of(request)):
        return _forbidden()
    try:
        services.delete_tag(tag_id=tag_id, by=token_actor(request))
    except services.TagGoneError:
        return _not_found()
    return Status(204, None)


@router.post("/tags/{tag_id}/merge", response={200: TagOut, 403: Refused, 404: Refused, 422: Refused})
def merge_tag(request: HttpRequest, tag_id: int, payload: TagMergeShape) -> Any:
    """Give everything with this tag the tag `into_id`, and end this one. The one that stays is answered."""
    if not may_configure(member_of(request)):
        return _forbidden()
    try:
        services.merge_tags(tag_id=tag_id, into_id=payload.into_id, by=token_actor(request))
    except services.TagGoneError:
        return _not_found()
    except services.TagRefusedError as refused:
        return refusal(422, "invalid", str(refused), "into_id")
    return _shown(request, Tag.objects.get(pk=payload.into_id))


@router.post("/tags/{tag_id}/contacts", response={200: TaggedOut, 404: Refused})
def attach_tag(request: HttpRequest, tag_id: int, payload: TaggingShape) -> Any:
    """Put a tag on up to a thousand contacts; `changed` are those that did not have it."""
    if not Tag.objects.filter(pk=tag_id).exists():
        return _not_found()
    ids = _editable(request, payload.contact_ids)
    done = services.attach_tags(contact_ids=ids, tag_ids=[tag_id], by=token_actor(request))
    return {"changed": done.contact_ids}


@router.delete("/tags/{tag_id}/contacts", response={200: TaggedOut, 404: Refused})
def detach_tag(request: HttpRequest, tag_id: int, payload: TaggingShape) -> Any:
    """Take a tag off up to a thousand contacts; `changed` are those that had it."""
    if not Tag.objects.filter(pk=tag_id).exists():
        return _not_found()
    ids = _editable(request, payload.contact_ids)
    done = services.detach_tags(contact_ids=ids, tag_ids=[tag_id], by=token_actor(request))
    return {"changed": done.contact_ids}


def _editable(request: HttpRequest, contact_ids: list[int]) -> list[int]:
    """Those of the contacts that the token's maker may change; the others are passed over."""
    found = policies.editable_by(member_of(request)).filter(pk__in=contact_ids)
    return list(found.values_list("pk", flat=True))


def _shown(request: HttpRequest, tag: Tag) -> dict[str, Any]:
    return selectors.api_tag(tag, contacts=selectors.contact_count(member=member_of(request), tag=tag))
