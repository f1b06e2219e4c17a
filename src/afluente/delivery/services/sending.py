"""The sender: one message after the other, each committed as being sent before anybody is asked (S-TX)."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from afluente.accounts.models import Workspace
from afluente.delivery import statements
from afluente.delivery.models import Channel, Message, Sender
from afluente.delivery.services import arrivals, consenting, letters, settling
from afluente.delivery.services.providers import PROVIDERS, Hearing, Outgoing
from afluente.delivery.services.queueing import wake
from afluente.kernel import box, clock, crash
from afluente.kernel.limits import Limit, give_back, take
from afluente.kernel.workspace import current_workspace_id, scope

if TYPE_CHECKING:
    from afluente.delivery.services.providers.base import Line

LEASE = 120  # seconds a message is ours; longer than a server may take to answer
LISTENS = 1.0  # seconds without a word, after which a session is left
TURN = 20.0  # seconds of one job: other workspaces want to send as well
State = Message.State


@dataclass(frozen=True)
class _Desk:
    """What a run needs to know of the channel: read once."""

    sender: Sender
    secret: str
    is_quiet: bool
    opens: dt.datetime | None


def send_due(channel: str, *, workspace_id: int, seconds: float = TURN) -> int:
    """Send what is due in a channel of a workspace, for at most `seconds`; how many were tried.

    Outside any transaction: each message has two of its own, one before and one after it is handed over.
    """
    end = time.monotonic() + seconds
    tried = 0
    with scope(workspace_id):
        settling.give_up_lost(channel, statements.lost_messages(channel))
        desk = _desk(channel)
    if desk is None:
        with scope(workspace_id):
            _fail_all(channel)
        return 0
    limit = Limit(f"delivery-{channel}", desk.sender.per_minute, 60)
    with ExitStack() as stack:
        line = stack.enter_context(PROVIDERS[desk.sender.provider].open(desk.sender.options, desk.secret))
        rest = 0
        while time.monotonic() < end:
            verdict = take(limit, str(workspace_id))
            if not verdict.is_allowed:
                rest = verdict.retry_after
                break
            if not _send_next(channel, desk, line, workspace_id):
                give_back(limit, str(workspace_id))
                break
            tried += 1
        if tried:
            _hear(line, workspace_id)
    with scope(workspace_id):
        _look_again(channel, desk, rest)
    return tried


def hear(channel: str, *, workspace_id: int) -> int:
    """Hear what became of messages where the provider says so only in a session; how many were new."""
    with scope(workspace_id):
        desk = _desk(channel)
    if desk is None:
        return 0
    with PROVIDERS[desk.sender.provider].open(desk.sender.options, desk.secret) as line:
        return _hear(line, workspace_id)


def _hear(line: Line, workspace_id: int) -> int:
    new = 0
    if isinstance(line, Hearing):
        for receipt in line.heard(LISTENS):
            with scope(workspace_id):
                new += arrivals.hear_receipt(receipt)
    return new


def _send_next(channel: str, desk: _Desk, line: Line, workspace_id: int) -> bool:
    """One message; False when nothing is due."""
    with scope(workspace_id):
        number = statements.take_message(channel, lease=LEASE, is_quiet=desk.is_quiet)
        if number is None:
            return False
        message = Message.objects.get(pk=number)
        outgoing = _prepared(message, desk)
    if outgoing is None:
        return True
    crash.point("delivery.sending")
    outcome = line.send(outgoing)
    crash.point("delivery.answered")
    with scope(workspace_id):
        kept = Message.objects.select_for_update(of=("self",)).filter(pk=number, state=State.SENDING).first()
        # Whoever took so long that it was given up is not believed any more: a person may have decided.
        if kept is not None and kept.attempts == message.attempts:
            settling.settle(kept, outcome)
    return True


def _prepared(message: Message, desk: _Desk) -> Outgoing | None:
    """The message as it goes, asked once more whether it may: people change their minds while it waits."""
    reason = consenting.refusal(
        channel=message.channel,
        address=message.address,
        contact_id=message.contact_id,
        is_marketing=message.is_marketing,
    )
    if reason:
        settling.end(message, State.SKIPPED, reason)
        return None
    if message.until < clock.now():
        settling.end(message, State.SKIPPED, "too_late")
        return None
    return letters.outgoing(message, desk.sender)


def _desk(channel: str) -> _Desk | None:
    sender = Sender.objects.filter(channel=channel).first()
    if sender is None:
        return None
    zone = ZoneInfo(Workspace.objects.get(pk=current_workspace_id()).timezone)
    opens = quiet_until(sender, clock.now(), zone)
    secret = box.unseal(sender.secret_box) if sender.secret_box else ""
    return _Desk(sender, secret, opens is not None, opens)


def quiet_until(sender: Sender, now: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """When the quiet hours end that it is now in; None outside them. They are wall time of `zone`."""
    since, until = sender.quiet_from, sender.quiet_until
    if since is None or until is None or since == until:
        return None
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    is_quiet = since <= minute < until if since < until else (minute >= since or minute < until)
    if not is_quiet:
        return None
    day = local.date() + dt.timedelta(days=1 if minute >= until else 0)
    ends = dt.datetime.combine(day, dt.time(until // 60, until % 60), tzinfo=zone)
    if ends.astimezone(dt.UTC) <= now:  # the clock shows that time twice in this night, and the first is over
        ends = ends.replace(fold=1)
    return ends.astimezone(dt.UTC)


def _fail_all(channel: str) -> None:
    """Nobody said how to send: what waits says so."""
    waiting = Message.objects.filter(channel=channel, state=State.QUEUED).order_by("pk")
    for message in waiting.select_for_update(of=("self",), skip_locked=True)[:200]:
        settling.end(message, State.FAILED, "no_sender")
    if Message.objects.filter(channel=channel, state=State.QUEUED).exists():
        wake(channel)


def _look_again(channel: str, desk: _Desk, rest: int) -> None:
    """Come back when the next message is due, the minute is over or the quiet hours are."""
    due = statements.next_message(channel)
    if due is None:
        return
    now = clock.now()
    moments = [due, now + dt.timedelta(seconds=rest)]
    if desk.opens is not None and due <= now:
        moments.append(desk.opens)
    wake(channel, max(moments))


CHANNELS = tuple(Channel.values)
