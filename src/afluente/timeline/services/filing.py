"""Files with records, in their history (SP-171)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from afluente.timeline.events import Actor, NewEvent
from afluente.timeline.services.recording import record

if TYPE_CHECKING:
    from afluente.files.events import FileAttached, FileDetached
    from afluente.timeline.events import ActorKind


def note_attached(fact: FileAttached) -> None:
    """A file was attached to a contact or a deal."""
    if place := _place(fact):
        record(
            [NewEvent("file.attached", _actor(fact), **place, data={"file": fact.file_id, "name": fact.name})]
        )


def note_detached(fact: FileDetached) -> None:
    """A file was taken off a contact or a deal, or deleted from the store."""
    if place := _place(fact):
        data = {"file": fact.file_id, "name": fact.name, "is_deleted": fact.is_deleted}
        record([NewEvent("file.detached", _actor(fact), **place, data=data)])


def _place(fact: FileAttached | FileDetached) -> dict[str, Any]:
    return {f"{fact.kind}_id": fact.entity_id} if fact.kind in {"contact", "deal"} else {}


def _actor(fact: FileAttached | FileDetached) -> Actor:
    return Actor(cast("ActorKind", fact.by.kind), fact.by.id, fact.by.name)
