"""What belongs to one contact, for other programs: its companies and the ways to reach it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from afluente.accounts.requests import member_of, token_of
from afluente.contacts import policies, selectors, services
from afluente.contacts.api import contacts as one
from afluente.contacts.api.shapes import Refused, Shape
from afluente.contacts.models import Contact, ContactEmail, ContactMessenger, ContactPhone
from afluente.kernel import text
from afluente.timeline.events import token_actor

router = Router(tags=["Contacts"])
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Kind = Literal["email", "phone", "messenger"]


class BelongingShape(Shape):
    company_id: Number
    position: str = Field("", max_length=100)


class BelongingOut(Schema):
    company_id: int
    name: str
    position: str


class BelongingsOut(Schema):
    items: list[BelongingOut]


class AddressShape(Shape):
    kind: Kind
    value: str = Field(min_length=1, max_length=254)
    messenger: Literal["telegram", "facebook", "instagram", "whatsapp", "viber"] = Field(
        "whatsapp", description="Which one, when the kind is messenger."
    )
    is_primary: bool = False


class AddressPatch(Shape):
    """What is to be changed; what is left out stays."""

    value: str | None = Field(None, min_length=1, max_length=254)
    is_primary: Literal[True] | None = Field(None, description="Make it the main one of its kind.")


class AddressOut(Schema):
    id: int
    kind: Kind
    value: str
    messenger: str | None
    is_primary: bool


class AddressesOut(Schema):
    items: list[AddressOut]


@router.get("/contacts/{contact_id}/companies", response={200: BelongingsOut, 404: Refused})
def list_companies_of_contact(request: HttpRequest, contact_id: int) -> Any:
    """The companies of a contact, the first one first, and what they are there."""
    if not policies.visible_to(member_of(request)).filter(pk=contact_id).exists():
        return one.not_found()
    return {"items": _belongings(request, contact_id)}


@router.post("/contacts/{contact_id}/companies", response={200: BelongingsOut, 403: Refused, 404: Refused})
def link_company(request: HttpRequest, contact_id: int, payload: BelongingShape) -> Any:
    """Put a contact into a company, or say anew what they are there."""
    if isinstance(found := _editable(request, contact_id), Status):
        return found
    companies = policies.companies_visible_to(member_of(request))
    if not companies.filter(pk=payload.company_id).exists():
        return one.refusal(404, "not_found", "There is no such company.", "company_id")
    position = text.clean(payload.position, limit=100)
    by = token_actor(request)
    if not services.link_contacts(
        company_id=payload.company_id, contact_ids=[contact_id], position=position, by=by
    ):
        services.change_position(
            company_id=payload.company_id, contact_id=contact_id, position=position, by=by
        )
    return {"items": _belongings(request, contact_id)}


@router.delete(
    "/contacts/{contact_id}/companies/{company_id}", response={204: None, 403: Refused, 404: Refused}
)
def unlink_company(request: HttpRequest, contact_id: int, company_id: int) -> Any:
    """Take a contact out of a company."""
    if isinstance(found := _editable(request, contact_id), Status):
        return found
    companies = policies.companies_visible_to(member_of(request))
    if not companies.filter(pk=company_id, links__contact_id=contact_id).exists():
        return one.refusal(404, "not_found", "The contact is in no such company.")
    services.unlink_contacts(company_id=company_id, contact_ids=[contact_id], by=token_actor(request))
    return Status(204, None)


@router.get("/contacts/{contact_id}/addresses", response={200: AddressesOut, 404: Refused})
def list_addresses(request: HttpRequest, contact_id: int) -> Any:
    """Every e-mail, phone and messenger of a contact with its number, the main ones first."""
    if not policies.visible_to(member_of(request)).filter(pk=contact_id).exists():
        return one.not_found()
    return {"items": _addresses(contact_id)}


@router.post(
    "/contacts/{contact_id}/addresses",
    response={200: AddressesOut, 403: Refused, 404: Refused, 422: Refused},
)
def add_address(request: HttpRequest, contact_id: int, payload: AddressShape) -> Any:
    """Add an e-mail, a phone or a messenger. Adding what is there already changes nothing."""
    if isinstance(found := _editable(request, contact_id), Status):
        return found
    try:
        services.add_address(
            contact_id=contact_id,
            address=_typed(request, payload.kind, payload.value, payload.messenger),
            is_primary=payload.is_primary,
            by=token_actor(request),
        )
    except services.AddressRefusedError as refused:
        return one.refusal(422, "invalid", str(refused), "value")
    return {"items": _addresses(contact_id)}


@router.patch(
    "/contacts/{contact_id}/addresses/{kind}/{address_id}",
    response={200: AddressesOut, 403: Refused, 404: Refused, 422: Refused},
)
def change_address(
    request: HttpRequest, contact_id: int, kind: Kind, address_id: Number, payload: AddressPatch
) -> Any:
    """Change what an address says, or make it the main one of its kind."""
    if isinstance(found := _editable(request, contact_id), Status):
        return found
    by = token_actor(request)
    try:
        if payload.value is not None:
            messenger = ContactMessenger.objects.filter(contact_id=contact_id, pk=address_id).first()
            which = messenger.kind if kind == "messenger" and messenger else "whatsapp"
            services.change_address(
                contact_id=contact_id,
                address_id=address_id,
                address=_typed(request, kind, payload.value, which),
                by=by,
            )
        if payload.is_primary:
            services.make_primary(contact_id=contact_id, kind=kind, address_id=address_id, by=by)
    except services.AddressGoneError:
        return one.refusal(404, "not_found", "There is no such address.")
    except services.AddressRefusedError as refused:
        return one.refusal(422, "invalid", str(refused), "value")
    return {"items": _addresses(contact_id)}


@router.delete(
    "/contacts/{contact_id}/addresses/{kind}/{address_id}",
    response={204: None, 403: Refused, 404: Refused, 422: Refused},
)
def remove_address(request: HttpRequest, contact_id: int, kind: Kind, address_id: Number) -> Any:
    """Remove an address; the oldest of the others becomes the main one."""
    if isinstance(found := _editable(request, contact_id), Status):
        return found
    try:
        services.remove_address(
            contact_id=contact_id, kind=kind, address_id=address_id, by=token_actor(request)
        )
    except services.AddressGoneError:
        return one.refusal(404, "not_found", "There is no such address.")
    except services.NamelessContactError:
        return one.refusal(422, "invalid", "Keep a name or an address.")
    return Status(204, None)


def _editable(request: HttpRequest, contact_id: int) -> Contact | Status[Any]:
    member = member_of(request)
    found: Contact | None = policies.editable_by(member).filter(pk=contact_id).first()
    if found is not None:
        return found
    is_seen = policies.visible_to(member).filter(pk=contact_id).exists()
    return one.not_allowed() if is_seen else one.not_found()


def _typed(request: HttpRequest, kind: Kind, value: str, messenger: str) -> services.NewAddress:
    country = token_of(request).workspace.country
    return services.NewAddress(kind=kind, typed=value, country=country, messenger=messenger)


def _belongings(request: HttpRequest, contact_id: int) -> list[dict[str, Any]]:
    found = selectors.companies_of([contact_id], member=member_of(request))
    return [
        {"company_id": link.company.pk, "name": link.company.name, "position": link.position}
        for link in found.get(contact_id, ())
    ]


def _addresses(contact_id: int) -> list[dict[str, Any]]:
    found = []
    for kind, model, name in (
        ("email", ContactEmail, "email"),
        ("phone", ContactPhone, "raw"),
        ("messenger", ContactMessenger, "value"),
    ):
        rows: Any = model.objects.filter(contact_id=contact_id).order_by("-is_primary", "pk")
        found += [
            {
                "id": row.pk,
                "kind": kind,
                "value": getattr(row, name),
                "messenger": row.kind if kind == "messenger" else None,
                "is_primary": row.is_primary,
            }
            for row in rows
        ]
    return found
