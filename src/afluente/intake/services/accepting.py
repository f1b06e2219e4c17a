"""The first step of every arrival: kept and committed, then answered (invariant 1).

Nothing is decided here but who may knock and whether this was heard before. What the arrival becomes
is worked out afterwards, in batches (`applying`).
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError, OperationalError, transaction

from afluente.intake import statements
from afluente.intake.services import doors
from afluente.kernel import clock, crash, live
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.intake.services.notes import Note

KEY_LIMIT = 255
SCOPE = "leads:write"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrival:
    """Somebody knocks. Either `token` (API) or `public_id` (webhook, form) says at which door.

    `key` is the sender's name for the event: a repeat with the same key takes effect once. `error`
    keeps the arrival as failed from the start, with the reason.
    """

    workspace_id: int
    body: bytes
    content_type: str = "application/json"
    key: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    token: str | None = None
    public_id: str | None = None
    secret: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names; for the signature
    rule_id: int | None = None
    error: Note | None = None


@dataclass(frozen=True)
class Receipt:
    """The answer: an HTTP status, and either the event's public id or what was wrong and where."""

    status: int
    public_id: uuid.UUID | None = None
    is_repeat: bool = False
    code: str = ""
    message: str = ""
    field: str | None = None

    @property
    def is_kept(self) -> bool:
        return self.public_id is not None


@dataclass(frozen=True)
class Kept:
    """A row of the raw events about to be written."""

    public_id: uuid.UUID
    source_id: int
    rule_id: int | None
    key: str
    body: bytes
    digest: str
    content_type: str
    context: Mapping[str, Any]
    error: Note | None


REPEATED = Receipt(
    422,
    code="key_reused",
    message="This key was used before with another body. Send a new key, or the same body.",
    field="Idempotency-Key",
)
FAILED = Receipt(500, code="internal_error", message="This could not be kept. It is not your fault.")


def accept_many(arrivals: Sequence[Arrival]) -> list[Receipt]:
    """Keep arrivals, in one transaction per workspace; receipts in the order given.

    Returns after COMMIT. Opens its own scope, so it is called outside any workspace or inside the
    arrivals' one. Raises what the database raises when it is away, or when the only arrival fails:
    then nothing may be said. Of several, one that fails costs only itself.
    """
    receipts: list[Receipt | None] = [None] * len(arrivals)
    by_workspace: dict[int, list[int]] = {}
    for n, arrival in enumerate(arrivals):
        by_workspace.setdefault(arrival.workspace_id, []).append(n)
    for workspace_id, numbers in by_workspace.items():
        try:
            found = _accept_together(workspace_id, [arrivals[n] for n in numbers])
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            if len(arrivals) == 1:
                raise
            found = [_accept_alone(arrivals[n]) for n in numbers]
        for n, receipt in zip(numbers, found, strict=True):
            receipts[n] = receipt
    crash.point("intake.after_commit")
    return [receipt for receipt in receipts if receipt is not None]


def _accept_alone(arrival: Arrival) -> Receipt:
    """Keep one of those that failed together."""
    try:
        return _accept_together(arrival.workspace_id, [arrival])[0]
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("An arrival could not be kept")
        return FAILED


def _accept_together(workspace_id: int, arrivals: Sequence[Arrival]) -> list[Receipt]:
    """Keep arrivals of one workspace in one transaction."""
    with scope(workspace_id):
        found = _accept_in_workspace(arrivals)
        if any(receipt.is_kept and not receipt.is_repeat for receipt in found):
            transaction.on_commit(partial(live.wake, live.INTAKE, workspace_id))
    return found


def _accept_in_workspace(arrivals: Sequence[Arrival]) -> list[Receipt]:
    answers: list[Receipt | Kept] = [_knock(arrival) for arrival in arrivals]
    kept = [answer for answer in answers if isinstance(answer, Kept)]
    if not kept:
        return [answer for answer in answers if isinstance(answer, Receipt)]
    new = statements.insert_events(kept)
    told = {}
    if len(new) < len(kept):
        told = statements.repeats([(one.source_id, one.key) for one in kept if one.public_id not in new])
    return [
        answer if isinstance(answer, Receipt) else _receipt(answer, answer.public_id in new, told)
        for answer in answers
    ]


def _knock(arrival: Arrival) -> Receipt | Kept:
    """Open the door or say why not."""
    door = doors.open_door(arrival)
    if isinstance(door, doors.Closed):
        return Receipt(door.status, code=door.code, message=door.message)
    if arrival.key is not None and len(arrival.key) > KEY_LIMIT:
        return Receipt(
            422,
            code="key_too_long",
            message=f"The key is longer than {KEY_LIMIT} characters.",
            field="Idempotency-Key",
        )
    public_id = uuid.uuid4()
    digest = hashlib.sha256(arrival.body).hexdigest()
    return Kept(
        public_id=public_id,
        source_id=door.source_id,
        rule_id=arrival.rule_id,
        key=arrival.key or _own_key(door.kind, public_id, digest),
        body=arrival.body,
        digest=digest,
        content_type=arrival.content_type[:100],
        context={**arrival.context, **({"token": door.token_name} if door.token_name else {})},
        error=arrival.error,
    )


def _own_key(kind: str, public_id: uuid.UUID, digest: str) -> str:
    """A key for a sender that gave none.

    An API client that wants a repeat recognised says so; a webhook's sender repeats by itself, with
    the same body and usually within the hour (reliability.md section 6, key choice).
    """
    if kind == "webhook":
        return f"hour:{clock.now():%Y%m%d%H}:{digest}"
    return f"once:{public_id}"


def _receipt(kept: Kept, is_new: bool, told: Mapping[tuple[int, str], tuple[uuid.UUID, str]]) -> Receipt:
    public_id, digest = kept.public_id, kept.digest
    if not is_new:
        public_id, digest = told[(kept.source_id, kept.key)]
    if digest != kept.digest:
        return REPEATED
    if kept.error is not None and kept.error.code == "unreadable":
        return Receipt(400, public_id, not is_new, code="unreadable", message=kept.error.value, field="body")
    return Receipt(202, public_id, not is_new)
