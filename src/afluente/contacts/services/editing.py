"""Changing a contact, one field at a time, each change one event with before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from afluente.contacts.models import Contact
from afluente.contacts.statements import search
from afluente.kernel import clock, text
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor

NAME = 150


class ChangedMeanwhileError(Exception):
    """The field no longer holds what its editor had seen; the text says what it holds now."""


class NamelessContactError(Exception):
    """Neither a name nor any address would be left."""


@transaction.atomic
def rename_contact(
    *, contact_id: int, first_name: str, last_name: str, by: Actor, seen: tuple[str, str] | None = None
) -> Contact:
    """Change the names; empty ones are fine while there is an address to tell the contact by.

    `seen` is what the editor showed: ChangedMeanwhileError when somebody else has changed it since.
    """
    contact = lock_contact(contact_id)
    wanted = {
        "first_name": text.clean(first_name, limit=NAME),
        "last_name": text.clean(last_name, limit=NAME),
    }
    present = (contact.first_name, contact.last_name)
    if seen is not None and present not in {seen, tuple(wanted.values())}:
        raise ChangedMeanwhileError(contact.name or gettext("no name"))
    if not any(wanted.values()) and not _has_address(contact):
        raise NamelessContactError
    return _write(contact, wanted, by)


@transaction.atomic
def assign_contact(*, contact_id: int, to: Membership | None, by: Actor, seen: int | None = None) -> Contact:
    """Give a contact to a member, or to nobody. The log keeps names: people leave.

    `seen` is who must still have it (0 for nobody): ChangedMeanwhileError when somebody else has it by now.
    """
    contact = lock_contact(contact_id)
    if seen is not None and (contact.assignee_id or 0) != seen:
        raise ChangedMeanwhileError(contact.assignee.user.name if contact.assignee else "")
    before, before_id = (contact.assignee.user.name if contact.assignee else "", contact.assignee_id)
    if before_id == (to.pk if to else None):
        return contact
    contact.assignee = to
    _save(contact, ["assignee"])
    names = [before, to.user.name if to else ""]
    # The number is for live updates: who sees the contact no longer must still be told.
    tell_change(contact.pk, {"assignee": names, "assignee_before": before_id}, by)
    return contact


def lock_contact(contact_id: int) -> Contact:
    """The contact, held until the transaction ends. Raises Contact.DoesNotExist when it is gone."""
    return Contact.objects.present().select_for_update().get(pk=contact_id)


def tell_change(contact_id: int, data: Mapping[str, Any], by: Actor) -> int:
    """Make the contact findable as it is now, and write the change down; the number of the event."""
    search.index_contacts([contact_id])
    return timeline.record([NewEvent("contact.changed", by, contact_id=contact_id, data=dict(data))])[0]


def _write(contact: Contact, wanted: Mapping[str, str], by: Actor) -> Contact:
    data = {
        name: [getattr(contact, name), value]
        for name, value in wanted.items()
        if getattr(contact, name) != value
    }
    if not data:
        return contact
    for name, value in wanted.items():
        setattr(contact, name, value)
    _save(contact, list(wanted))
    tell_change(contact.pk, data, by)
    return contact


def _save(contact: Contact, fields: list[str]) -> None:
    contact.updated_at = clock.now()
    contact.save(update_fields=[*fields, "updated_at"])


def _has_address(contact: Contact) -> bool:
    return contact.emails.exists() or contact.phones.exists() or contact.messengers.exists()
