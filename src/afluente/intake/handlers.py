"""What the door does when something happens below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, override

from afluente.accounts.events import WorkspaceCreated
from afluente.contacts.events import ArrivalsReturned
from afluente.contacts.selectors import FieldUse
from afluente.intake import services
from afluente.intake.models import RawEvent, Source
from afluente.kernel import bus, slots, text

if TYPE_CHECKING:
    from afluente.contacts.selectors import KnownField


def make_api_door(fact: WorkspaceCreated) -> None:
    """Every workspace has one door for its API tokens."""
    with override(fact.language):
        services.create_source(kind=Source.Kind.API, name=gettext("API"))


def field_uses(field: KnownField) -> list[FieldUse]:
    """The doors whose mapping names the field."""
    wanted = text.norm(field.name)
    doors = Source.objects.present().exclude(mapping=[]).order_by("pk")
    return [
        FieldUse(what=gettext("{kind} {name}").format(kind=door.get_kind_display(), name=door.name))
        for door in doors
        if any(text.norm(line["to"]) == f"custom.{wanted}" for line in door.mapping)
    ]


def return_arrivals(fact: ArrivalsReturned) -> None:
    """A merge was taken back: these arrivals made the parted contact what it is."""
    RawEvent.objects.filter(pk__in=fact.raw_event_ids, contact_id=fact.from_id).update(contact_id=fact.to_id)


def register() -> None:
    """Listen; called when the app is ready."""
    bus.subscribe(ArrivalsReturned, return_arrivals)
    bus.subscribe(WorkspaceCreated, make_api_door)
    slots.register_slot("field.uses", field_uses)
