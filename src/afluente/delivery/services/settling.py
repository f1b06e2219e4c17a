"""How a message ends, what a person decides about it, and who is told (S-TX, S-CHAIN)."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any

from afluente.deals.models import Deal
from afluente.delivery.events import Settled
from afluente.delivery.models import Message, Suppression
from afluente.delivery.services import consenting
from afluente.delivery.services.providers import Later, Refused, Sent
from afluente.delivery.services.queueing import GOES_ON, wake
from afluente.kernel import bus, clock
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, Actor, NewEvent

if TYPE_CHECKING:
    from afluente.delivery.services.providers import Outcome

# Minutes after each attempt, then daily (S-FAIL).
PAUSES = (1, 5, 30, 120, 480)
DAILY = 1440
State = Message.State


class DecidedError(Exception):
    """Somebody decided before, or there is nothing to decide."""


def settle(message: Message, outcome: Outcome) -> None:
    """Keep what came of an attempt. In a transaction; the message is one that is being sent."""
    match outcome:
        case Sent(provider_id):
            message.provider_id = provider_id[:250]
            end(message, State.SENT)
        case Later(detail, after):
            _put_off(message, detail, after)
        case Refused(detail, reason, is_gone, has_left):
            if is_gone or has_left:
                why = Suppression.Reason.UNSUBSCRIBED if has_left else Suppression.Reason.BOUNCED
                consenting.suppress(
                    channel=message.channel, address=message.address, reason=why, detail=detail
                )
            end(message, State.FAILED, reason, detail)
        case _:
            end(message, State.UNKNOWN, "no_answer", outcome.detail)


def _put_off(message: Message, detail: str, after: int) -> None:
    pause = dt.timedelta(minutes=PAUSES[message.attempts - 1] if message.attempts <= len(PAUSES) else DAILY)
    pause *= random.uniform(0.9, 1.1)  # noqa: S311  so that what failed together does not return together
    due = clock.now() + max(pause, dt.timedelta(seconds=min(after, DAILY * 60)))
    if due > message.until:
        end(message, State.FAILED, "tries_used_up", detail)
        return
    message.state, message.due_at, message.detail, message.lease_until = State.QUEUED, due, detail[:500], None
    message.save(update_fields=["state", "due_at", "detail", "lease_until"])


def end(message: Message, state: str, reason: str = "", detail: str = "") -> None:
    """Bring a message to an end, write it into the history, and tell the step that wanted it."""
    message.state, message.reason, message.detail = State(state), reason, detail[:500]
    message.ended_at, message.lease_until = clock.now(), None
    message.save(update_fields=["state", "reason", "detail", "ended_at", "lease_until", "provider_id"])
    if message.contact_id or message.deal_id:
        timeline.record(_told(message))
    bus.publish(Settled(message.key, message.state, reason, message.detail))


def about(message: Message, detail: str) -> dict[str, Any]:
    """Whom and what an event of a message is about, for the history."""
    return {
        "actor": Actor("rule", message.rule_id, message.rule_name) if message.rule_id else SYSTEM,
        "contact_id": message.contact_id,
        "deal_id": message.deal_id,
        "data": {
            "channel": message.channel,
            "to": message.address,
            "subject": message.subject,
            "message": message.pk,
            "detail": detail[:200],
        },
    }


def _told(message: Message) -> list[NewEvent]:
    """What the history says of its end; nothing of one that was not to be sent."""
    whom = about(message, message.detail)
    match message.state:
        case State.SENT:
            return [NewEvent("message.sent", **whom)]
        case State.FAILED:
            return [NewEvent("message.failed", **whom)]
        case State.UNKNOWN:
            return [NewEvent("message.unknown", **whom)]
    return []


def give_up_lost(channel: str, ids: list[int]) -> None:
    """What was being sent when its sender died: nobody knows, and nothing is sent a second time (S-TX)."""
    for message in Message.objects.filter(pk__in=ids, channel=channel).order_by("pk"):
        end(message, State.UNKNOWN, "sender_died", "The process that was sending it ended.")


def decide(message_id: int, *, was_sent: bool) -> None:
    """What a person found out about a message of which nobody knew. Raises DecidedError (case 27)."""
    message = _held(message_id, State.UNKNOWN)
    if was_sent:
        end(message, State.SENT, "decided")
    else:
        end(message, State.FAILED, "decided")


def send_again(message_id: int) -> None:
    """Send a message once more because a person says so, with tries of its own. Raises DecidedError."""
    message = _held(message_id, State.UNKNOWN, State.FAILED)
    now = clock.now()
    Message.objects.filter(pk=message.pk).update(
        state=State.QUEUED, reason="", detail="", attempts=0, due_at=now, until=now + GOES_ON, ended_at=None
    )
    wake(message.channel)


def withdraw(message_id: int) -> None:
    """Take back a message that waits. Raises DecidedError when it is on its way already."""
    end(_held(message_id, State.QUEUED), State.CANCELLED, "stopped_by_user")


def _held(message_id: int, *states: str) -> Message:
    found = lock(message_id)
    if found is None or found.state not in states:
        raise DecidedError
    return found


def lock(message_id: int) -> Message | None:
    """The message, locked after its deal: whoever moves a deal locks in this order, too."""
    deal_id = Message.objects.filter(pk=message_id).values_list("deal_id", flat=True).first()
    if deal_id:
        Deal.objects.filter(pk=deal_id).select_for_update(no_key=True, of=("self",)).values_list("pk").first()
    return Message.objects.select_for_update(of=("self",)).filter(pk=message_id).first()
