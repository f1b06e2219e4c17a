"""The mailbox that letters come back into: kept with its password sealed, read again and again (ADR 0207)."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Any

from django.db import DataError

from afluente.accounts import services as accounts
from afluente.accounts.models import Membership
from afluente.delivery import policies
from afluente.delivery.models import Mailbox
from afluente.delivery.services import imap
from afluente.delivery.services.bounces import LONGEST, NoBounceError, take_bounce
from afluente.kernel import box, clock, jobs
from afluente.kernel.workspace import current_workspace_id, scope
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)

READ = "delivery.read_mailbox"
PLACES = ("host", "port", "security", "username")  # a change of these forgets the password
OPEN = (*PLACES, "folder")
PAUSE = 120  # seconds between two visits
PAUSES = (60, 300, 900, 3_600)  # seconds after visits that failed in a row; then the last one
REFUSED = 3_600  # seconds after a password that was not taken: servers lock out who tries it often
FIRST = dt.timedelta(days=30)  # what came before is not looked at in a mailbox that is new to us
PART = 200  # letters asked about at once
MOST = 5_000  # letters of one visit
FAILS_FOR = dt.timedelta(days=1)
FAILING = "mailbox.failing"


def save_mailbox(*, by: Membership, secret: str | None, **values: Any) -> Mailbox:
    """Keep which mailbox is read, and look into it at once. Without `secret` the one that is there stays, unless the
    place it opens changed.
    """
    row = Mailbox.objects.select_for_update(of=("self",)).first()
    before = {name: getattr(row, name) for name in OPEN} if row else {}
    row = row or Mailbox()
    if secret is None and not keeps_password(row, values):
        secret = ""
    if secret is not None:
        row.secret_box = box.seal(secret) if secret else ""
    for name, value in values.items():
        setattr(row, name, value)
    changed = [name for name in OPEN if before.get(name) != getattr(row, name)]
    if changed:
        row.uid_validity = row.last_uid = row.seen_count = row.known_count = 0
        row.read_at = None
    row.updated_at = row.wait_until = clock.now()
    row.attempts, row.failing_since, row.is_told, row.detail = 0, None, False, ""
    row.save()
    accounts.record_audit(
        kind="mailbox.changed",
        by=by,
        subject=row.username,
        before={name: before[name] for name in changed if name in before},
        after={name: getattr(row, name) for name in changed},
    )
    wake_mailbox()
    return row


def keeps_password(row: Mailbox | None, values: dict[str, Any]) -> bool:
    """Whether the password that is kept is still for the same place."""
    if row is None or not row.secret_box:
        return False
    return all(getattr(row, name) == values.get(name) for name in PLACES)


def forget_mailbox(*, by: Membership) -> None:
    """Read no mailbox any more; nothing in it is touched."""
    row = Mailbox.objects.first()
    if row is not None:
        row.delete()
        accounts.record_audit(kind="mailbox.forgotten", by=by, subject=row.username)


def look_now() -> None:
    """Look into the mailbox soon, whenever that was to be."""
    Mailbox.objects.update(wait_until=clock.now())
    wake_mailbox()


def wake_mailbox() -> None:
    """Let a worker look into the mailbox of this workspace."""
    workspace_id = current_workspace_id()
    jobs.enqueue(READ, {}, key=str(workspace_id), workspace_id=workspace_id)


def read_mailbox(workspace_id: int) -> int:
    """Look at the letters that came, and keep what those say that came back; how many were looked at. Outside any
    transaction: each letter has one of its own. Of two that read at once one does the work again, which changes
    nothing.
    """
    with scope(workspace_id):
        row = Mailbox.objects.filter(wait_until__lte=clock.now()).first()
    if row is None:
        return 0
    try:
        password = box.unseal(row.secret_box) if row.secret_box else ""
        seen = _visit(row, password, workspace_id)
    except box.UnreadableSecretError:
        _failed(row, imap.MailboxError("The password was sealed with another key.", is_refused=True))
    except imap.MailboxError as problem:
        _failed(row, problem)
    else:
        wait = 0 if seen >= MOST else PAUSE
        _write(row, attempts=0, failing_since=None, is_told=False, detail="", read_at=clock.now(), wait=wait)
        return seen
    return 0


def _visit(row: Mailbox, password: str, workspace_id: int) -> int:
    named = {name: getattr(row, name) for name in OPEN}
    with imap.opened(imap.Place(**named, password=password)) as found:
        if found.validity == row.uid_validity:
            coming = found.after(row.last_uid)[:MOST]
        else:  # its numbers mean something else now
            coming = found.since((clock.now() - FIRST).date())[:MOST]
        for begin in range(0, len(coming), PART):
            part = coming[begin : begin + PART]
            known = _taken(found, part, workspace_id)
            row.seen_count += len(part)
            row.known_count += known
            _write(
                row,
                uid_validity=found.validity,
                last_uid=part[-1],
                seen_count=row.seen_count,
                known_count=row.known_count,
            )
        if not coming and found.validity != row.uid_validity:
            _write(row, uid_validity=found.validity, last_uid=0)
        return len(coming)


def _taken(found: imap.Box, uids: Sequence[int], workspace_id: int) -> int:
    """How many of these letters told of one of ours."""
    known = 0
    for uid in found.reports(uids):
        raw = found.letter(uid, most=LONGEST)
        try:
            with scope(workspace_id):
                known += take_bounce(raw) is not None
        except NoBounceError:
            continue
        except (DataError, ValueError):  # strangers write these: one that breaks us holds up no other
            log.exception(
                "A letter of the mailbox of workspace %s could not be kept: UID %s", workspace_id, uid
            )
    return known


def _failed(row: Mailbox, problem: imap.MailboxError) -> None:
    """Leave it alone for a while; when it fails for a day, tell those who may mend it, once."""
    now = clock.now()
    since = row.failing_since or now
    wait = REFUSED if problem.is_refused else PAUSES[min(row.attempts, len(PAUSES) - 1)]
    is_told = row.is_told or problem.is_refused or now - since >= FAILS_FOR
    _write(
        row,
        detail=str(problem),
        failing_since=since,
        attempts=min(row.attempts + 1, 1_000),
        is_told=is_told,
        wait=wait,
    )
    if is_told and not row.is_told:
        with scope(row.workspace_id):
            _tell(row)


def _write(row: Mailbox, *, wait: int | None = None, **values: Any) -> None:
    """Keep how it went, unless somebody changed meanwhile which mailbox it is."""
    if wait is not None:
        values["wait_until"] = clock.now() + dt.timedelta(seconds=wait)
    with scope(row.workspace_id):
        Mailbox.objects.filter(pk=row.pk, updated_at=row.updated_at).update(**values)


def _tell(row: Mailbox) -> None:
    people = Membership.objects.active().select_related("user", "custom_role", "workspace", "team")
    timeline.notify(
        [
            timeline.Notice(
                member_id=one.pk, kind=FAILING, record_kind="mailbox", record_id=row.pk, actor=SYSTEM
            )
            for one in people
            if policies.may_configure(one)
        ]
    )
