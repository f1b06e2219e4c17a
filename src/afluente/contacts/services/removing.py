"""Putting contacts away and bringing them back (crm.md Q22); erasing is another thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts.models import Contact
from afluente.contacts.services.bulk_kinds import Change, Presence
from afluente.contacts.statements import bulk as statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor


@transaction.atomic
def delete_contacts(*, contact_ids: Sequence[int], by: Actor) -> list[int]:
    """Put contacts away with all they have: they leave every list, search and identity. Those that changed.

    Whoever asks has checked that they may be deleted.
    """
    kind = Presence(Change("delete"))
    present = kind.present(statements.lock(contact_ids))
    return _write(kind, {one: (now, kind.after(now)) for one, now in present.items() if now is None}, by)


@transaction.atomic
def restore_contacts(*, contact_ids: Sequence[int], by: Actor) -> list[int]:
    """Bring deleted contacts back as they were. One that was merged into another comes back by parting them."""
    kind = Presence(Change("delete"))
    held = statements.lock(contact_ids)
    merged = set(Contact.objects.filter(pk__in=held).exclude(merged_into=None).values_list("pk", flat=True))
    present = kind.present([one for one in held if one not in merged])
    return _write(kind, {one: (now, None) for one, now in present.items() if now is not None}, by)


def _write(kind: Presence, changes: dict[int, tuple[object, object]], by: Actor) -> list[int]:
    if changes:
        kind.write(changes, by)
    return list(changes)
