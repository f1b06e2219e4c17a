"""Where a contact is: location and address, changed one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.db import transaction
from django.utils.translation import gettext

from afluente.contacts.models import Contact
from afluente.contacts.services.editing import ChangedMeanwhileError, lock_contact, tell_change
from afluente.contacts.services.values import fill_values
from afluente.contacts.statements import search
from afluente.kernel import clock, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.contacts.selectors import Held
    from afluente.timeline.events import Actor

Part = Literal["location", "address"]
PARTS: dict[Part, int] = {"location": 150, "address": 500}  # and how many characters each holds

__all__ = ["PARTS", "ChangedMeanwhileError", "Part", "change_place", "note_details"]


@transaction.atomic
def change_place(
    *, contact_id: int, part: Part, value: str, by: Actor, seen: str | None = None
) -> int | None:
    """Change the location or the address of a contact; the number of the event, None when it was so.

    `seen` is what the editor showed: ChangedMeanwhileError when somebody else has changed it since.
    """
    contact = lock_contact(contact_id)
    wanted, present = text.clean(value, limit=PARTS[part]), getattr(contact, part)
    if seen is not None and present not in {seen, wanted}:
        raise ChangedMeanwhileError(present or gettext("nothing"))
    if wanted == present:
        return None
    setattr(contact, part, wanted)
    contact.updated_at = clock.now()
    contact.save(update_fields=[part, "updated_at"])
    return tell_change(contact_id, {part: [present, wanted]}, by)


@transaction.atomic
def note_details(
    *, contact_id: int, location: str, address: str, values: Mapping[int, Held | None], by: Actor
) -> None:
    """What is known of a contact that was made a moment ago: that it was made is event enough."""
    cleaned = {"location": location, "address": address}
    given = {part: text.clean(value, limit=PARTS[part]) for part, value in cleaned.items() if value}  # type: ignore[index]  # its own keys
    if given:
        Contact.objects.filter(pk=contact_id).update(**given)
    fill_values(given={contact_id: values}, by=by, is_told=False)
    if given:
        search.index_contacts([contact_id])
