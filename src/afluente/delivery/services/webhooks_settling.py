"""What comes of a call: delivered, tried again, given up; an endpoint that is gone or fails for days is switched off
and its people are told (R-9).
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from afluente.accounts import services as accounts
from afluente.accounts.models import Membership
from afluente.delivery import policies
from afluente.delivery.events import Settled
from afluente.delivery.models import Attempt, Call, Endpoint
from afluente.kernel import bus, clock
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM

# Seconds after each attempt; with the first one ten, over 75 h 35 min (Standard Webhooks).
PAUSES = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
LONGEST = 86_400  # that the other side may ask us to wait
PROBE = 300  # seconds that an endpoint which is away is left alone, at most, unless it asks for more
FAILS_FOR = dt.timedelta(days=3)
CALLS_GO_ON = dt.timedelta(hours=90)  # by then every call has ended
OVERLOADED = {429, 502, 503, 504}
TRANSIENT = {408, 425, 429}
OFF = "endpoint.off"
State = Call.State


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of asking once. Without `status` nobody answered, and `problem` says why; with `reason` nobody will."""

    status: int | None = None
    said: str = ""
    problem: str = ""
    reason: str = ""
    retry_after: str = ""
    url: str = ""
    took_ms: int = 0


def settle(call: Call, endpoint: Endpoint | None, result: Result) -> None:
    """Keep what came of an attempt. In a transaction; the call is one that is being made."""
    Attempt.objects.create(
        call=call,
        at=clock.now(),
        took_ms=result.took_ms,
        url=result.url,
        status=result.status,
        said=result.said,
        problem=result.problem[:300],
    )
    if result.status is not None and 200 <= result.status < 300:
        if endpoint is not None and (endpoint.failing_since or endpoint.wait_until):
            Endpoint.objects.filter(pk=endpoint.pk).update(failing_since=None, wait_until=None)
        end(call, State.SENT)
        return
    wait = _asked_to_wait(result.retry_after)
    pause = _pause(call.attempts)
    if endpoint is not None:
        _mark_failing(endpoint, result, max(wait, min(pause or PROBE, PROBE)))
    final = _is_final(call, endpoint, result)
    if final:
        end(call, State.FAILED, final, _said(result))
    elif pause is None:
        end(call, State.FAILED, "tries_used_up", _said(result))
    else:
        call.state, call.detail = State.QUEUED, _said(result)[:500]
        call.due_at = clock.now() + dt.timedelta(seconds=max(pause, wait))
        call.save(update_fields=["state", "due_at", "detail"])


def _is_final(call: Call, endpoint: Endpoint | None, result: Result) -> str:
    """Why it is not to be tried again; '' when it is. Rules give up at what is permanent (S-FAIL); what endpoints
    are told is tried for three days, since its people may mend it (R-9).
    """
    if endpoint is not None and not endpoint.is_on:
        return "gone" if result.status == 410 else "endpoint_off"
    if result.reason:
        return result.reason
    status = result.status
    is_permanent = status is not None and status < 500 and status not in TRANSIENT
    return "refused" if call.rule_id and is_permanent else ""


def _pause(attempts: int) -> float | None:
    """Seconds until the next attempt, with a tenth of chance; None when there is none."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * random.uniform(0.95, 1.05)  # noqa: S311  what failed together returns apart


def _asked_to_wait(said: str) -> float:
    """Seconds that the other side asks for: a number, or a date (RFC 9110)."""
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), LONGEST)
    try:
        until = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return 0
    if until.tzinfo is None:
        return 0
    return min(max((until - clock.now()).total_seconds(), 0), LONGEST)


def _said(result: Result) -> str:
    return result.problem or " ".join(f"{result.status} {result.said}".split())


def _mark_failing(endpoint: Endpoint, result: Result, pause: float) -> None:
    """Leave who is away or overloaded alone for a while; switch off who is gone, or fails for days."""
    now = clock.now()
    endpoint.failing_since = endpoint.failing_since or now
    if result.status is None or result.status in OVERLOADED:
        endpoint.wait_until = now + dt.timedelta(seconds=pause)
    endpoint.save(update_fields=["failing_since", "wait_until"])
    if result.status == 410:
        switch_off(endpoint, Endpoint.Off.GONE)
    elif now - endpoint.failing_since >= FAILS_FOR:
        switch_off(endpoint, Endpoint.Off.FAILING)


def switch_off(endpoint: Endpoint, reason: str) -> None:
    """Tell an endpoint nothing more because of what it answered, and tell whoever may set it up."""
    endpoint.is_on, endpoint.off_reason = False, reason
    endpoint.save(update_fields=["is_on", "off_reason"])
    give_up_waiting(endpoint)
    accounts.record_audit(
        kind="endpoint.off", by=None, subject=str(endpoint), after={"reason": str(Endpoint.Off(reason).label)}
    )
    people = Membership.objects.active().select_related("user", "custom_role", "workspace", "team")
    timeline.notify(
        [
            timeline.Notice(
                member_id=one.pk, kind=OFF, record_kind="endpoint", record_id=endpoint.pk, actor=SYSTEM
            )
            for one in people
            if policies.may_hook(one)
        ]
    )


def give_up_waiting(endpoint: Endpoint) -> None:
    """What still waited for an endpoint that is off has failed: it can be replayed once it is on again."""
    waiting = Call.objects.filter(endpoint=endpoint, state=State.QUEUED).order_by("pk")
    keys = list(waiting.exclude(rule_id=None).values_list("key", flat=True))
    waiting.update(state=State.FAILED, reason="endpoint_off", ended_at=clock.now())
    for key in keys:
        bus.publish(Settled(key, State.FAILED, "endpoint_off"))


def end(call: Call, state: str, reason: str = "", detail: str = "") -> None:
    """Bring a call to an end, and tell the step that wanted it."""
    call.state, call.reason, call.detail, call.ended_at = State(state), reason, detail[:500], clock.now()
    call.save(update_fields=["state", "reason", "detail", "ended_at"])
    bus.publish(Settled(call.key, call.state, reason, call.detail))
