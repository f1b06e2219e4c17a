"""Many contacts in one call (docs/reference/api.md): each item has its own result.

A shape that is wrong refuses the whole call. What only one item is wrong about is said of that item, and
the others are done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from afluente.accounts.requests import member_of
from afluente.contacts import policies, selectors, services
from afluente.contacts.api import contacts as one
from afluente.contacts.api.attributes import AttributeMistakeError, read_attributes
from afluente.contacts.api.shapes import ContactNew, ContactPatch, Refused, Shape
from afluente.timeline.events import Actor, token_actor

router = Router(tags=["Contacts"])
MOST = 500
MOST_DIFFERENT = 200  # each of them changed on its own
MOST_ALIKE = 1_000

Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
TagName = Annotated[str, Field(min_length=1, max_length=64)]


class ContactsNew(Shape):
    items: list[ContactNew] = Field(min_length=1, max_length=MOST)


class ContactChange(ContactPatch):
    id: Number


class ContactsPatch(Shape):
    """Each contact its own changes."""

    items: list[ContactChange] = Field(min_length=1, max_length=MOST_DIFFERENT)


class ContactsAlike(Shape):
    """The same change for all."""

    contact_ids: list[Number] = Field(min_length=1, max_length=MOST_ALIKE)
    add_tags: list[TagName] = Field([], max_length=20)
    remove_tags: list[TagName] = Field([], max_length=20)
    attributes: dict[str, Any] | None = Field(
        None, max_length=50, description="Values by number or name of the field; null empties one."
    )


class ItemError(Schema):
    code: str
    message: str
    field: str | None = None


class ItemOut(Schema):
    """What became of one item; `index` is its place in the call, `id` its contact."""

    index: int
    id: int | None
    error: ItemError | None


class ItemsOut(Schema):
    items: list[ItemOut]
    done: int = Field(description="How many items were done.")


@router.post("/contacts/bulk", response={200: ItemsOut, 403: Refused, 422: Refused})
def create_contacts(request: HttpRequest, payload: ContactsNew) -> Any:
    """Add up to 500 contacts. Doubles are not merged: who has the same e-mail is listed as possibly the same."""
    if not policies.may_create(member_of(request)):
        return one.not_allowed()
    by = token_actor(request)
    good: dict[int, _Read] = {}
    errors: dict[int, ItemError] = {}
    known: dict[tuple[str, ...], tuple[int, ...]] = {}
    for index, item in enumerate(payload.items):
        read = _read(request, item, known)
        if isinstance(read, ItemError):
            errors[index] = read
        else:
            good[index] = read
    numbers = services.create_contacts(contacts=[read.person for read in good.values()], by=by)
    made = dict(zip(good, numbers, strict=True))
    for index, contact_id in made.items():
        _note(payload.items[index], contact_id, by)
    values = {made[index]: read.values for index, read in good.items() if read.values}
    services.fill_values(given=values, by=by, is_told=False)
    _tag({made[index]: read.tag_ids for index, read in good.items()}, by)
    return _answer(len(payload.items), made, errors)


@router.patch("/contacts/bulk", response={200: ItemsOut, 422: Refused})
def change_contacts(request: HttpRequest, payload: ContactsPatch) -> Any:
    """Change up to 200 contacts, each in its own way; what an item leaves out stays."""
    done: dict[int, int] = {}
    errors: dict[int, ItemError] = {}
    for index, item in enumerate(payload.items):
        with transaction.atomic():
            mistake = _change(request, item)
            if mistake is None:
                done[index] = item.id
            else:
                errors[index] = mistake
                transaction.set_rollback(True)
    return _answer(len(payload.items), done, errors)


@router.post("/contacts/bulk/changes", response={200: ItemsOut, 422: Refused})
def change_alike(request: HttpRequest, payload: ContactsAlike) -> Any:
    """Give up to a thousand contacts the same tags and values: a few statements however many there are."""
    by = token_actor(request)
    try:
        values = read_attributes(payload.attributes)
        added = services.ensure_tags(names=payload.add_tags, by=by)
    except AttributeMistakeError as mistake:
        return one.refusal(422, "invalid", str(mistake), mistake.field)
    except services.TagRefusedError as refused:
        return one.refusal(422, "invalid", str(refused), "add_tags")
    ids = list(dict.fromkeys(payload.contact_ids))
    allowed = set(policies.editable_by(member_of(request)).filter(pk__in=ids).values_list("pk", flat=True))
    kept = [contact_id for contact_id in ids if contact_id in allowed]
    removed = selectors.tags_named(payload.remove_tags)
    services.attach_tags(contact_ids=kept, tag_ids=[tag.pk for tag in added], by=by)
    services.detach_tags(contact_ids=kept, tag_ids=removed, by=by)
    if values:
        services.fill_values(given=dict.fromkeys(kept, values), by=by)
    done = {index: number for index, number in enumerate(ids) if number in allowed}
    missing = {index: _missing() for index, number in enumerate(ids) if number not in allowed}
    return _answer(len(ids), done, missing, dict(enumerate(ids)))


def _change(request: HttpRequest, item: ContactChange) -> ItemError | None:
    found = policies.editable_by(member_of(request)).filter(pk=item.id).first()
    if found is None:
        return _missing()
    refused = one.change(request, found, item)
    return _error(refused[0], refused[1]) if refused else None


@dataclass(frozen=True)
class _Read:
    """An item that can be done."""

    person: services.NewContact
    values: Mapping[int, selectors.Held | None]
    tag_ids: tuple[int, ...]


def _read(
    request: HttpRequest, item: ContactNew, known: dict[tuple[str, ...], tuple[int, ...]]
) -> _Read | ItemError:
    """`known` are the tags by their names, so that many items with the same ones ask once."""
    names = tuple(item.tags or ())
    try:
        if names not in known:
            tags = services.ensure_tags(names=names, by=token_actor(request))
            known[names] = tuple(tag.pk for tag in tags)
        return _Read(one.new_contact(request, item), read_attributes(item.attributes), known[names])
    except (one.MistakeError, AttributeMistakeError) as mistake:
        return _error(str(mistake), mistake.field)
    except services.TagRefusedError as refused:
        return _error(str(refused), "tags")


def _note(item: ContactNew, contact_id: int, by: Actor) -> None:
    if item.emails:
        services.note_same_emails(contact_id=contact_id)
    if item.location or item.address:
        services.note_details(
            contact_id=contact_id,
            location=item.location or "",
            address=item.address or "",
            values={},
            by=by,
        )


def _tag(wanted: Mapping[int, tuple[int, ...]], by: Actor) -> None:
    """Give each new contact its tags: one statement for each set of them."""
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for contact_id, tag_ids in wanted.items():
        if tag_ids:
            alike[tag_ids].append(contact_id)
    for tag_ids, contact_ids in alike.items():
        services.attach_tags(contact_ids=contact_ids, tag_ids=tag_ids, by=by, is_told=False)


def _missing() -> ItemError:
    return ItemError(
        code="not_found", message="There is no such contact, or it may not be changed.", field="id"
    )


def _error(message: str, field: str | None) -> ItemError:
    return ItemError(code="invalid", message=message, field=field)


def _answer(
    count: int, done: dict[int, int], errors: dict[int, ItemError], ids: dict[int, int] | None = None
) -> dict[str, Any]:
    known = {**(ids or {}), **done}
    items = [{"index": index, "id": known.get(index), "error": errors.get(index)} for index in range(count)]
    return {"items": items, "done": len(done)}
