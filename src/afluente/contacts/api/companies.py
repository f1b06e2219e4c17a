"""Companies for other programs (docs/reference/api.md)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from afluente.accounts.policies import assignable_by
from afluente.accounts.requests import member_of
from afluente.contacts import policies, selectors, services
from afluente.contacts.api.attributes import AttributeMistakeError, read_attributes
from afluente.contacts.api.contacts import refusal
from afluente.contacts.api.shapes import AttributeOut, Refused, Shape
from afluente.contacts.models import Company
from afluente.kernel import text
from afluente.kernel.seeking import Sought
from afluente.timeline.events import token_actor

router = Router(tags=["Companies"])
LIMIT = 100

Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Amount = Annotated[Decimal, Field(ge=0, lt=10**15, max_digits=19, decimal_places=4)]


class CompanyPatch(Shape):
    """What is to be changed; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=120)
    domain: str | None = Field(None, max_length=253)
    phone: str | None = Field(None, max_length=50)
    address: str | None = Field(None, max_length=500)
    revenue: Amount | None = Field(None, description="A year's, in `currency`; null for unknown.")
    currency: str | None = Field(None, max_length=3)
    assignee_id: Number | None = Field(None, description="A member; null for nobody.")
    attributes: dict[str, Any] | None = Field(
        None,
        max_length=300,
        description="Values by number or name of the field; null empties one. Others stay.",
    )


class CompanyNew(CompanyPatch):
    name: str = Field(min_length=1, max_length=120)


class PersonShape(Shape):
    contact_id: Number
    position: str = Field("", max_length=100)


class CompanyOut(Schema):
    id: int
    name: str
    domain: str
    phone: str
    address: str
    revenue: str | None
    currency: str
    assignee_id: int | None
    contacts: int
    attributes: list[AttributeOut]
    created_at: datetime
    updated_at: datetime


class CompaniesOut(Schema):
    items: list[CompanyOut]
    next: str | None


class PersonOut(Schema):
    contact_id: int
    position: str


class PeopleOut(Schema):
    items: list[PersonOut]


class Asked(Schema):
    cursor: str = ""
    q: Sought = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=LIMIT)


def _not_found(what: str = "company") -> Status[Any]:
    return refusal(404, "not_found", f"There is no such {what}.")


def _forbidden() -> Status[Any]:
    return refusal(403, "forbidden", "Whoever made this token may not do this with companies.")


@router.get("/companies", response=CompaniesOut)
def list_companies(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Companies, the newest first; each word of `q` stands in the name, the domain or the phone."""
    items, following = selectors.api_companies(
        member=member_of(request),
        typed=text.clean(asked.q, limit=200),
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return {"items": items, "next": following}


@router.post("/companies", response={201: CompanyOut, 403: Refused, 422: Refused})
def create_company(request: HttpRequest, payload: CompanyNew) -> Any:
    """Add a company. Names need not differ."""
    if not policies.may_create_companies(member_of(request)):
        return _forbidden()
    if refused := _bad_assignee(request, payload):
        return refused
    try:
        made = services.create_company(by=token_actor(request), **_given(payload))
        _fill(request, made.pk, payload)
    except (services.CompanyRefusedError, AttributeMistakeError) as mistake:
        return refusal(422, "invalid", str(mistake), mistake.field)
    return Status(201, _shown(request, made))


@router.get("/companies/{company_id}", response={200: CompanyOut, 404: Refused})
def read_company(request: HttpRequest, company_id: int) -> Any:
    """One company."""
    found = policies.companies_visible_to(member_of(request)).filter(pk=company_id).first()
    return _shown(request, found) if found else _not_found()


@router.patch("/companies/{company_id}", response={200: CompanyOut, 404: Refused, 422: Refused})
def change_company(request: HttpRequest, company_id: int, payload: CompanyPatch) -> Any:
    """Change a company."""
    if not policies.companies_editable_by(member_of(request)).filter(pk=company_id).exists():
        return _not_found()
    if refused := _bad_assignee(request, payload):
        return refused
    try:
        changed = services.change_company(
            company_id=company_id, changes=_given(payload), by=token_actor(request)
        )
        _fill(request, company_id, payload)
    except (services.CompanyRefusedError, AttributeMistakeError) as mistake:
        return refusal(422, "invalid", str(mistake), mistake.field)
    changed.refresh_from_db()
    return _shown(request, changed)


@router.delete("/companies/{company_id}", response={204: None, 404: Refused})
def delete_company(request: HttpRequest, company_id: int) -> Any:
    """Put a company away; it can be brought back. Its people stay."""
    allowed = policies.companies_deletable_by(member_of(request)).filter(deleted_at=None)
    if not allowed.filter(pk=company_id).exists():
        return _not_found()
    services.delete_company(company_id=company_id, by=token_actor(request))
    return Status(204, None)


@router.post("/companies/{company_id}/restoration", response={200: CompanyOut, 404: Refused})
def restore_company(request: HttpRequest, company_id: int) -> Any:
    """Bring a deleted company back, its people still in it."""
    gone = policies.companies_deletable_by(member_of(request)).exclude(deleted_at=None)
    if not gone.filter(pk=company_id).exists():
        return _not_found()
    return _shown(request, services.restore_company(company_id=company_id, by=token_actor(request)))


@router.get("/companies/{company_id}/contacts", response={200: PeopleOut, 404: Refused})
def list_people(request: HttpRequest, company_id: int) -> Any:
    """The people of a company, the first hundred by name, and what each is there."""
    card = selectors.company_card(member=member_of(request), company_id=company_id)
    if card is None:
        return _not_found()
    return {"items": [{"contact_id": one.contact_id, "position": one.position} for one in card.people]}


@router.post("/companies/{company_id}/contacts", response={200: PersonOut, 404: Refused})
def link_contact(request: HttpRequest, company_id: int, payload: PersonShape) -> Any:
    """Put a contact into a company, or say anew what they are there."""
    if not policies.companies_editable_by(member_of(request)).filter(pk=company_id).exists():
        return _not_found()
    if not policies.editable_by(member_of(request)).filter(pk=payload.contact_id).exists():
        return _not_found("contact")
    position = text.clean(payload.position, limit=100)
    ids = [payload.contact_id]
    if not services.link_contacts(
        company_id=company_id, contact_ids=ids, position=position, by=token_actor(request)
    ):
        services.change_position(
            company_id=company_id, contact_id=payload.contact_id, position=position, by=token_actor(request)
        )
    return {"contact_id": payload.contact_id, "position": position}


@router.delete("/companies/{company_id}/contacts/{contact_id}", response={204: None, 404: Refused})
def unlink_contact(request: HttpRequest, company_id: int, contact_id: int) -> Any:
    """Take a contact out of a company."""
    if not policies.companies_editable_by(member_of(request)).filter(pk=company_id).exists():
        return _not_found()
    if not policies.editable_by(member_of(request)).filter(pk=contact_id).exists():
        return _not_found("contact")
    if not services.unlink_contacts(company_id=company_id, contact_ids=[contact_id], by=token_actor(request)):
        return _not_found("contact")
    return Status(204, None)


def _given(payload: CompanyPatch) -> dict[str, Any]:
    """The fields that were sent; a null text is an empty one."""
    return payload.dict(exclude_unset=True, exclude={"attributes"})


def _fill(request: HttpRequest, company_id: int, payload: CompanyPatch) -> None:
    """Raises AttributeMistakeError."""
    for field_id, held in read_attributes(payload.attributes, selectors.COMPANY).items():
        services.change_company_value(
            company_id=company_id, field_id=field_id, value=held, by=token_actor(request)
        )


def _bad_assignee(request: HttpRequest, payload: CompanyPatch) -> Status[Any] | None:
    number = payload.assignee_id
    if number is None or assignable_by(member_of(request)).filter(pk=number).exists():
        return None
    return refusal(422, "invalid", "There is no such member.", "assignee_id")


def _shown(request: HttpRequest, company: Company) -> dict[str, Any]:
    counts = selectors.people_counts(member=member_of(request), company_ids=[company.pk])
    (plain,) = selectors.api_companies_of([company], counts)
    return plain
