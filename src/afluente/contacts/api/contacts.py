"""Contacts for other programs (docs/reference/api.md). A token sees what its maker sees."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from afluente.accounts.models import Membership
from afluente.accounts.policies import assignable_by
from afluente.contacts import policies, selectors, services
from afluente.contacts.api.attributes import AttributeMistakeError, read_attributes
from afluente.contacts.api.shapes import (
    Asked,
    ContactNew,
    ContactOut,
    ContactPatch,
    ContactsOut,
    EventsOut,
    Refused,
    Shape,
)
from afluente.contacts.models import Contact
from afluente.contacts.selectors.listing import problems as filter_problems
from afluente.kernel import email, phone, text
from afluente.timeline import selectors as timeline_selectors
from afluente.timeline.events import Actor

__all__ = ["Refused", "Shape", "router"]  # the shapes for the other modules of the API

router = Router(tags=["Contacts"])


class _MistakeError(Exception):
    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def _refusal(status: int, code: str, message: str, field: str | None = None) -> Status[Any]:
    return Status(status, {"error": {"code": code, "message": message, "field": field}})


def _not_found() -> Status[Any]:
    return _refusal(404, "not_found", "There is no such contact.")


def _not_allowed() -> Status[Any]:
    return _refusal(403, "not_allowed", "Whoever made this token may not do that.")


@router.get("/contacts", response={200: ContactsOut, 422: Refused})
def list_contacts(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Contacts, newest first; or, with `updated`, those changed since, oldest change first."""
    wanted = selectors.Filter.read(request.GET)
    if problems := filter_problems(member=_member(request), wanted=wanted):
        return _refusal(422, "invalid", " ".join(problems), "where")
    page, following = selectors.api_page(
        member=_member(request),
        wanted=wanted,
        cursor=asked.cursor,
        updated=asked.updated,
        limit=asked.limit,
    )
    return {"items": page, "next": following}


@router.post("/contacts", response={201: ContactOut, 403: Refused, 422: Refused})
def create_contact(request: HttpRequest, payload: ContactNew) -> Any:
    """Add a contact. Doubles are not merged: who has the same e-mail is listed as possibly the same."""
    if not policies.may_create(_member(request)):
        return _not_allowed()
    country = request.token.workspace.country  # type: ignore[attr-defined]  # set by config.api
    try:
        assignee = _assignee(request, payload.assignee_id)
    except _MistakeError as mistake:
        return _refusal(422, "invalid", str(mistake), mistake.field)
    new = services.NewContact(
        first_name=text.clean(payload.first_name or "", limit=150),
        last_name=text.clean(payload.last_name or "", limit=150),
        emails=[services.EmailValue(one, email.match_key(one) or "") for one in _once(payload.emails)],
        phones=[services.PhoneValue(one, phone.parse(one, country) or "") for one in _once(payload.phones)],
        messengers=_messengers(payload),
        source="api",
        source_name=request.token.name,  # type: ignore[attr-defined]
        assignee_id=assignee.pk if assignee else None,
    )
    contact_id = services.create_contacts(contacts=[new], by=_actor(request))[0]
    services.note_same_emails(contact_id=contact_id)
    try:
        tags = services.ensure_tags(names=payload.tags or (), by=_actor(request))
        services.note_details(
            contact_id=contact_id,
            location=payload.location or "",
            address=payload.address or "",
            values=read_attributes(payload.attributes),
            by=_actor(request),
        )
    except services.TagRefusedError as refused:
        return _refusal(422, "invalid", str(refused), "tags")
    except AttributeMistakeError as mistake:
        return _refusal(422, "invalid", str(mistake), mistake.field)
    services.attach_tags(
        contact_ids=[contact_id], tag_ids=[tag.pk for tag in tags], by=_actor(request), is_told=False
    )
    return Status(201, selectors.api_contacts([contact_id])[0])


@router.get("/contacts/{contact_id}", response={200: ContactOut, 404: Refused})
def read_contact(request: HttpRequest, contact_id: int) -> Any:
    """One contact."""
    if not policies.visible_to(_member(request)).filter(pk=contact_id).exists():
        return _not_found()
    return selectors.api_contacts([contact_id])[0]


@router.patch("/contacts/{contact_id}", response={200: ContactOut, 403: Refused, 404: Refused, 422: Refused})
def change_contact(request: HttpRequest, contact_id: int, payload: ContactPatch) -> Any:
    """Change a contact; lists of addresses are replaced whole, their first becomes the main one."""
    found = policies.editable_by(_member(request)).filter(pk=contact_id).first()
    if found is None:
        is_seen = policies.visible_to(_member(request)).filter(pk=contact_id).exists()
        return _not_allowed() if is_seen else _not_found()
    try:
        _change(request, found, payload)
    except (_MistakeError, AttributeMistakeError) as mistake:
        return _refusal(422, "invalid", str(mistake), mistake.field)
    except services.AddressRefusedError as refused:
        return _refusal(422, "invalid", str(refused), "emails" if payload.emails else "phones")
    except services.TagRefusedError as refused:
        return _refusal(422, "invalid", str(refused), "tags")
    except services.NamelessContactError:
        return _refusal(422, "invalid", "Keep a name or an address.", "first_name")
    return selectors.api_contacts([contact_id])[0]


@router.get("/contacts/{contact_id}/events", response={200: EventsOut, 404: Refused})
def list_events(
    request: HttpRequest, contact_id: int, cursor: Annotated[int, Query(ge=1, le=2**63 - 1)] | None = None
) -> Any:
    """What happened with a contact and its deals, newest first, fifty at a time."""
    member = _member(request)
    if not policies.visible_to(member).filter(pk=contact_id).exists():
        return _not_found()
    items, following = timeline_selectors.contact_events(member=member, contact_id=contact_id, before=cursor)
    return {"items": items, "next": following}


def _change(request: HttpRequest, found: Contact, payload: ContactPatch) -> None:
    given = payload.model_fields_set
    by = _actor(request)
    lists: tuple[tuple[services.Kind, list[str] | None], ...] = (
        ("email", payload.emails),
        ("phone", payload.phones),
    )
    for kind, values in lists:
        if values is not None:
            country = request.token.workspace.country  # type: ignore[attr-defined]
            services.replace_addresses(
                contact_id=found.pk, kind=kind, typed=_once(values), country=country, by=by
            )
    if given & {"first_name", "last_name"}:
        services.rename_contact(
            contact_id=found.pk,
            first_name=found.first_name if payload.first_name is None else payload.first_name,
            last_name=found.last_name if payload.last_name is None else payload.last_name,
            by=by,
        )
    _change_details(found, payload, by)
    if payload.tags is not None:
        tags = services.ensure_tags(names=payload.tags, by=by)
        services.set_tags(contact_id=found.pk, tag_ids=[tag.pk for tag in tags], by=by)
    if "assignee_id" in given:
        services.assign_contact(contact_id=found.pk, to=_assignee(request, payload.assignee_id), by=by)


def _change_details(found: Contact, payload: ContactPatch, by: Actor) -> None:
    if payload.location is not None:
        services.change_place(contact_id=found.pk, part="location", value=payload.location, by=by)
    if payload.address is not None:
        services.change_place(contact_id=found.pk, part="address", value=payload.address, by=by)
    if payload.attributes:
        services.fill_values(given={found.pk: read_attributes(payload.attributes)}, by=by)


def _member(request: HttpRequest) -> Membership:
    return request.token.created_by  # type: ignore[attr-defined,no-any-return]


def _actor(request: HttpRequest) -> Actor:
    return Actor("token", request.token.pk, request.token.name)  # type: ignore[attr-defined]


def _assignee(request: HttpRequest, number: int | None) -> Membership | None:
    if number is None:
        return None
    found = assignable_by(_member(request)).filter(pk=number).first()
    if found is None:
        raise _MistakeError("There is no such member.", "assignee_id")
    return found


def _messengers(payload: ContactNew) -> list[services.MessengerValue]:
    """Those that say something, cleaned."""
    cleaned = [(one.kind, text.clean(one.value, limit=100)) for one in payload.messengers]
    return [services.MessengerValue(kind, value) for kind, value in dict.fromkeys(cleaned) if value]


def _once(values: list[str] | None) -> list[str]:
    """Each text once, cleaned, in order."""
    return list(dict.fromkeys(filter(None, (text.clean(one, limit=254) for one in values or []))))
