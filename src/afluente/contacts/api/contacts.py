"""Contacts for other programs (docs/reference/api.md). A token sees what its maker sees."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, QueryDict
from ninja import Query, Router, Status

from afluente.accounts.models import Membership
from afluente.accounts.policies import assignable_by
from afluente.accounts.requests import member_of, token_of
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
from afluente.contacts.selectors.merging import merged_into
from afluente.contacts.services import removing
from afluente.kernel import email, phone, text
from afluente.timeline import selectors as timeline_selectors
from afluente.timeline.events import Actor, token_actor

__all__ = ["Refused", "Shape", "router"]  # the shapes for the other modules of the API

router = Router(tags=["Contacts"])


class MistakeError(Exception):
    """Something in a body that cannot be; `field` says where it stood."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def refusal(status: int, code: str, message: str, field: str | None = None) -> Status[Any]:
    """A refusal in the shape all refusals have."""
    return Status(status, {"error": {"code": code, "message": message, "field": field}})


def not_found() -> Status[Any]:
    """There is no such contact, or the token's maker does not see it."""
    return refusal(404, "not_found", "There is no such contact.")


def not_allowed() -> Status[Any]:
    """The token's maker sees it and may not do that."""
    return refusal(403, "not_allowed", "Whoever made this token may not do that.")


@router.get("/contacts", response={200: ContactsOut, 422: Refused})
def list_contacts(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Contacts, newest first; or, with `updated`, those changed since, oldest change first."""
    wanted = selectors.Filter.read(request.GET)
    if problems := filter_problems(member=member_of(request), wanted=wanted):
        return refusal(422, "invalid", " ".join(problems), _asked_by(request, asked))
    if asked.q and asked.updated is not None:
        return refusal(422, "invalid", "Words are looked for newest first: send q or updated.", "updated")
    page, following = selectors.api_page(
        member=member_of(request),
        wanted=wanted,
        cursor=asked.cursor,
        updated=asked.updated,
        limit=asked.limit,
    )
    return {"items": page, "next": following}


@router.post("/contacts", response={201: ContactOut, 403: Refused, 422: Refused})
def create_contact(request: HttpRequest, payload: ContactNew) -> Any:
    """Add a contact. Doubles are not merged: who has the same e-mail is listed as possibly the same."""
    if not policies.may_create(member_of(request)):
        return not_allowed()
    try:
        new = new_contact(request, payload)
    except MistakeError as mistake:
        return refusal(422, "invalid", str(mistake), mistake.field)
    contact_id = services.create_contacts(contacts=[new], by=token_actor(request))[0]
    services.note_same_emails(contact_id=contact_id)
    try:
        tags = services.ensure_tags(names=payload.tags or (), by=token_actor(request))
        services.note_details(
            contact_id=contact_id,
            location=payload.location or "",
            address=payload.address or "",
            values=read_attributes(payload.attributes),
            by=token_actor(request),
        )
    except services.TagRefusedError as refused:
        return refusal(422, "invalid", str(refused), "tags")
    except AttributeMistakeError as mistake:
        return refusal(422, "invalid", str(mistake), mistake.field)
    services.attach_tags(
        contact_ids=[contact_id], tag_ids=[tag.pk for tag in tags], by=token_actor(request), is_told=False
    )
    return Status(201, selectors.api_contacts([contact_id])[0])


@router.get("/contacts/{contact_id}", response={200: ContactOut, 404: Refused})
def read_contact(request: HttpRequest, contact_id: int) -> Any:
    """One contact. The number of one that was merged is answered with the survivor."""
    contact_id = survivor_for(request, contact_id)
    if not policies.visible_to(member_of(request)).filter(pk=contact_id).exists():
        return not_found()
    return selectors.api_contacts([contact_id])[0]


@router.patch("/contacts/{contact_id}", response={200: ContactOut, 403: Refused, 404: Refused, 422: Refused})
def change_contact(request: HttpRequest, contact_id: int, payload: ContactPatch) -> Any:
    """Change a contact; lists of addresses are replaced whole, their first becomes the main one.

    The number of one that was merged stands for the survivor.
    """
    contact_id = survivor_for(request, contact_id)
    found = policies.editable_by(member_of(request)).filter(pk=contact_id).first()
    if found is None:
        is_seen = policies.visible_to(member_of(request)).filter(pk=contact_id).exists()
        return not_allowed() if is_seen else not_found()
    if refused := change(request, found, payload):
        return refusal(422, "invalid", *refused)
    return selectors.api_contacts([contact_id])[0]


@router.delete("/contacts/{contact_id}", response={204: None, 403: Refused, 404: Refused})
def delete_contact(request: HttpRequest, contact_id: int) -> Any:
    """Put a contact away. It is in no list any more, its history and deals stay, and it can be restored."""
    member = member_of(request)
    if not policies.deletable_by(member).filter(pk=contact_id).exists():
        is_seen = policies.visible_to(member).filter(pk=contact_id).exists()
        return not_allowed() if is_seen else not_found()
    removing.delete_contacts(contact_ids=[contact_id], by=token_actor(request))
    return Status(204, None)


@router.post("/contacts/{contact_id}/restoration", response={200: ContactOut, 404: Refused})
def restore_contact(request: HttpRequest, contact_id: int) -> Any:
    """Bring a deleted contact back as it was."""
    gone = policies.restorable_by(member_of(request)).filter(merged_into=None)
    if not gone.filter(pk=contact_id).exists():
        return not_found()
    removing.restore_contacts(contact_ids=[contact_id], by=token_actor(request))
    return selectors.api_contacts([contact_id])[0]


@router.get("/contacts/{contact_id}/events", response={200: EventsOut, 404: Refused})
def list_events(
    request: HttpRequest, contact_id: int, cursor: Annotated[int, Query(ge=1, le=2**63 - 1)] | None = None
) -> Any:
    """What happened with a contact and its deals, newest first, fifty at a time."""
    contact_id = survivor_for(request, contact_id)
    member = member_of(request)
    if not policies.visible_to(member).filter(pk=contact_id).exists():
        return not_found()
    items, following = timeline_selectors.contact_events(member=member, contact_id=contact_id, before=cursor)
    return {"items": items, "next": following}


def _asked_by(request: HttpRequest, asked: Asked) -> str:
    """The parameter that a broken condition came from."""
    member = member_of(request)
    for name in ("source", "assignee"):
        if name in asked.model_fields_set:
            alone = QueryDict(mutable=True)
            alone[name] = str(getattr(asked, name))
            if filter_problems(member=member, wanted=selectors.Filter.read(alone)):
                return name
    return "where"


def change(request: HttpRequest, found: Contact, payload: ContactPatch) -> tuple[str, str] | None:
    """Change a contact as asked; a sentence and the field, when something cannot be: then take it back."""
    try:
        _change(request, found, payload)
    except (MistakeError, AttributeMistakeError) as mistake:
        return str(mistake), mistake.field
    except services.AddressRefusedError as refused:
        return str(refused), "emails" if payload.emails else "phones"
    except services.TagRefusedError as refused:
        return str(refused), "tags"
    except services.NamelessContactError:
        return "Keep a name or an address.", "first_name"
    return None


def new_contact(request: HttpRequest, payload: ContactNew) -> services.NewContact:
    """A contact as a program describes it. Raises MistakeError."""
    country = token_of(request).workspace.country
    to = assignee(request, payload.assignee_id)
    return services.NewContact(
        first_name=text.clean(payload.first_name or "", limit=150),
        last_name=text.clean(payload.last_name or "", limit=150),
        emails=[services.EmailValue(one, email.match_key(one) or "") for one in _once(payload.emails)],
        phones=[services.PhoneValue(one, phone.parse(one, country) or "") for one in _once(payload.phones)],
        messengers=_messengers(payload),
        source="api",
        source_name=token_of(request).name,
        assignee_id=to.pk if to else None,
    )


def _change(request: HttpRequest, found: Contact, payload: ContactPatch) -> None:
    given = payload.model_fields_set
    by = token_actor(request)
    lists: tuple[tuple[services.Kind, list[str] | None], ...] = (
        ("email", payload.emails),
        ("phone", payload.phones),
    )
    for kind, values in lists:
        if values is not None:
            country = token_of(request).workspace.country
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
        services.assign_contact(contact_id=found.pk, to=assignee(request, payload.assignee_id), by=by)


def _change_details(found: Contact, payload: ContactPatch, by: Actor) -> None:
    if payload.location is not None:
        services.change_place(contact_id=found.pk, part="location", value=payload.location, by=by)
    if payload.address is not None:
        services.change_place(contact_id=found.pk, part="address", value=payload.address, by=by)
    if payload.attributes:
        services.fill_values(given={found.pk: read_attributes(payload.attributes)}, by=by)


def survivor_for(request: HttpRequest, contact_id: int) -> int:
    """Whom a number stands for: a contact that became part of another is that one."""
    if Contact.objects.present().filter(pk=contact_id).exists():
        return contact_id
    found = merged_into(contact_id, member_of(request))
    return found.pk if found else contact_id


def assignee(request: HttpRequest, number: int | None) -> Membership | None:
    """The member of that number; None for nobody. Raises MistakeError."""
    if number is None:
        return None
    found = assignable_by(member_of(request)).filter(pk=number).first()
    if found is None:
        raise MistakeError("There is no such member.", "assignee_id")
    return found


def _messengers(payload: ContactNew) -> list[services.MessengerValue]:
    """Those that say something, cleaned."""
    cleaned = [(one.kind, text.clean(one.value, limit=100)) for one in payload.messengers]
    return [services.MessengerValue(kind, value) for kind, value in dict.fromkeys(cleaned) if value]


def _once(values: list[str] | None) -> list[str]:
    """Each text once, cleaned, in order."""
    return list(dict.fromkeys(filter(None, (text.clean(one, limit=254) for one in values or []))))
