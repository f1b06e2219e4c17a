"""Tags on contacts, any number of both at once; each contact that changes gets one event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts.models import ContactTag, Tag
from afluente.contacts.services.indexing import index_many
from afluente.contacts.statements import identity
from afluente.contacts.statements import tags as statements
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.timeline.events import Actor

Pair = tuple[int, int]  # contact, tag


@dataclass(frozen=True)
class Tagging:
    """What a change of tags really did, as (contact, tag) pairs: enough to take it back."""

    attached: tuple[Pair, ...] = ()
    detached: tuple[Pair, ...] = ()

    @property
    def contact_ids(self) -> list[int]:
        """The contacts that changed."""
        return sorted({contact_id for contact_id, _ in (*self.attached, *self.detached)})


def attach_tags(
    *, contact_ids: Sequence[int], tag_ids: Sequence[int], by: Actor, is_told: bool = True
) -> Tagging:
    """Give all these tags to all these contacts. Who has one keeps it; tags that are gone are passed over.

    Whoever asks has checked that the contacts may be changed. `is_told=False` writes no events: for
    contacts that were made in the same transaction.
    """
    pairs = [(contact_id, tag_id) for contact_id in contact_ids for tag_id in tag_ids]
    return change_tags(attach=pairs, by=by, is_told=is_told)


def detach_tags(*, contact_ids: Sequence[int], tag_ids: Sequence[int], by: Actor) -> Tagging:
    """Take all these tags off all these contacts."""
    pairs = [(contact_id, tag_id) for contact_id in contact_ids for tag_id in tag_ids]
    return change_tags(detach=pairs, by=by)


def set_tags(*, contact_id: int, tag_ids: Sequence[int], by: Actor) -> Tagging:
    """Let a contact have exactly these tags; one event."""
    present = set(ContactTag.objects.filter(contact_id=contact_id).values_list("tag_id", flat=True))
    return change_tags(
        attach=[(contact_id, tag_id) for tag_id in tag_ids if tag_id not in present],
        detach=[(contact_id, tag_id) for tag_id in sorted(present - set(tag_ids))],
        by=by,
    )


def undo_tagging(*, done: Tagging, by: Actor) -> Tagging:
    """Take a change back, and nothing that others did since."""
    return change_tags(attach=done.detached, detach=done.attached, by=by)


@transaction.atomic
def change_tags(
    *, attach: Sequence[Pair] = (), detach: Sequence[Pair] = (), by: Actor, is_told: bool = True
) -> Tagging:
    """Attach and detach (contact, tag) pairs in two statements; what really changed.

    The contacts are held in the order of their ids; deleted ones stay as they are.
    """
    held = identity.lock_contacts(sorted({pair[0] for pair in (*attach, *detach)}))
    gone = statements.detach(detach, held=held)
    come = statements.attach(attach, held=held)
    done = Tagging(attached=_pairs(come), detached=_pairs(gone))
    if is_told and done.contact_ids:
        timeline.record(_events(gone, come, by))
    index_many(done.contact_ids)
    return done


def _pairs(rows: Iterable[statements.Row]) -> tuple[Pair, ...]:
    return tuple((contact_id, tag_id) for contact_id, tag_ids, _ in rows for tag_id in tag_ids)


def _events(gone: Sequence[statements.Row], come: Sequence[statements.Row], by: Actor) -> list[NewEvent]:
    """One per contact, with the names of its tags before and after."""
    tag_ids = {tag_id for row in (*gone, *come) for tag_id in row[1]}
    names = dict(Tag.objects.filter(pk__in=tag_ids).values_list("pk", "name"))
    before: dict[int, list[str]] = {}
    after: dict[int, list[str]] = {}
    for contact_id, ids, had in gone:
        taken = {names[tag_id] for tag_id in ids}
        before[contact_id] = had
        after[contact_id] = [name for name in had if name not in taken]
    for contact_id, ids, had in come:
        before.setdefault(contact_id, had)
        after[contact_id] = [*had, *(names[tag_id] for tag_id in ids)]
    return [
        NewEvent(
            "contact.changed",
            by,
            contact_id=contact_id,
            data={"tags": [had, sorted(after[contact_id], key=str.casefold)]},
        )
        for contact_id, had in sorted(before.items())
    ]
