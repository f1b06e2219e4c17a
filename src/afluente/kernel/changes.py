"""What a live stream carries: that something changed, never what it looks like now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from afluente.kernel.snapshots import Cursor, Snapshot

SUBJECTS = ("deal", "contact")
NOT_SAID = object()  # the change says nothing about an assignee

# Whose records a viewer sees, by subject: numbers of memberships, None among them for records of
# nobody. No set at all means everybody's.
Reach = Mapping[str, frozenset[int | None] | None]


@dataclass(frozen=True)
class Change:
    """One line of the log, as far as a stream needs it. `before` is the assignee of the subject
    named by `kind` before the change, NOT_SAID when the change was not about that. `member` is whom
    alone it concerns, None for everybody who may know. `task` and `company` are only numbers to ask about:
    whoever may not see them is shown nothing of them.
    """

    id: int
    tx: int
    kind: str
    deal: int | None
    contact: int | None
    before: object = NOT_SAID
    member: int | None = None
    task: int | None = None
    company: int | None = None

    @property
    def subject(self) -> str:
        """The first word of the kind: `deal` in `deal.moved`."""
        return self.kind.partition(".")[0]

    def of(self, subject: str) -> int | None:
        return self.deal if subject == "deal" else self.contact


@dataclass(frozen=True)
class Batch:
    """What is new since a cursor, and the snapshot up to which it is everything.

    `is_cut` means that it is more than anybody wants one by one: the page is better fetched anew.
    """

    snapshot: Snapshot
    changes: Sequence[Change] = ()
    is_cut: bool = False

    @property
    def is_personal(self) -> bool:
        """Whether anything in it concerns one member alone."""
        return any(change.member is not None for change in self.changes)


@dataclass(frozen=True)
class Viewer:
    """Who reads a stream, and what has to stay true for it."""

    workspace_id: int
    member_id: int
    user_id: int
    session_key: str = field(repr=False)
    password: str = field(repr=False)  # the stored hash: a new password ends the stream
    reach: Reach = field(default_factory=dict, hash=False)

    @property
    def sees_all(self) -> bool:
        return all(self.reach.get(subject) is None for subject in SUBJECTS)


Visible = Mapping[str, AbstractSet[int]]


def message(change: Change, viewer: Viewer, visible: Visible) -> dict[str, object] | None:
    """What `viewer` is told about `change`; None when it is none of their business.

    `visible` holds, by subject, which of the batch's numbers they see now. Somebody who could see a
    record until this change took it away is told that it is gone.
    """
    found: dict[str, object] = {}
    gone: dict[str, object] = {}
    for subject in SUBJECTS:
        number, whose = change.of(subject), viewer.reach.get(subject)
        if number is None:
            continue
        if whose is None or number in visible[subject]:
            found[subject] = number
        elif subject == change.subject:
            if change.before not in whose:
                return None
            gone[subject] = number
    if gone:
        return {"kind": f"{change.subject}.gone", **gone, **found, "event": change.id}
    is_about_nobody = change.deal is None and change.contact is None
    if found or is_about_nobody:
        named = {"task": change.task, "company": change.company}
        about = {word: number for word, number in named.items() if number is not None}
        return {"kind": change.kind, **found, **about, "event": change.id}
    return None


def encode(batch: Batch, viewer: Viewer, visible: Visible, *, since: Cursor) -> bytes:
    """The batch as server-sent events for `viewer`, who stands at `since`; empty when there is
    nothing for them. The id of each message is where its reader stands after it.
    """
    if batch.is_cut:
        return _event(str(Cursor(batch.snapshot)), {"kind": "reload"})
    told = list(_told(batch, viewer, visible, since))
    lines = [_event(str(Cursor(since.seen, batch.snapshot, change.id)), said) for change, said in told[:-1]]
    lines += [_event(str(Cursor(batch.snapshot)), said) for _, said in told[-1:]]
    return b"".join(lines)


def _told(
    batch: Batch, viewer: Viewer, visible: Visible, since: Cursor
) -> Iterator[tuple[Change, dict[str, object]]]:
    for change in batch.changes:
        is_theirs = change.member in {None, viewer.member_id}
        if is_theirs and not since.has(change.id, change.tx):
            said = message(change, viewer, visible)
            if said is not None:
                yield change, said


def _event(number: str, value: Mapping[str, object]) -> bytes:
    return f"id: {number}\ndata: {json.dumps(value, separators=(',', ':'))}\n\n".encode()


def stand(cursor: Cursor) -> bytes:
    """No message, only where the reader stands: browsers keep the id, and it keeps proxies awake."""
    return f": \nid: {cursor}\n\n".encode()
