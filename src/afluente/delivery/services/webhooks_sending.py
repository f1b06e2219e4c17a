"""The caller: one call after the other at each endpoint, so that one who is slow holds up nobody else (R-9)."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from afluente.delivery import statements
from afluente.delivery.models import Call, Endpoint
from afluente.delivery.services import webhooks_signing
from afluente.delivery.services.webhooks_queueing import wake
from afluente.delivery.services.webhooks_settling import Result, end, settle
from afluente.kernel import box, clock, crash, outbound
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from collections.abc import Mapping

LEASE = 60  # seconds a call is ours; longer than the other side may take to answer
TURN = 20.0  # seconds of one job
PATIENCE = outbound.WHOLE  # seconds for one call
EXCERPT = 1_000  # characters of an answer that are kept
State = Call.State


def make_calls(endpoint_id: int | None, *, workspace_id: int, seconds: float = TURN) -> int:
    """Make the calls that are due at an endpoint (None: at addresses of rules), for at most `seconds`; how many were
    tried. Outside any transaction: each call has two of its own, one before and one after it is made.
    """
    until = time.monotonic() + seconds
    tried = 0
    while time.monotonic() < until and _make_next(endpoint_id, workspace_id):
        tried += 1
    with scope(workspace_id):
        _look_again(endpoint_id)
    return tried


def _make_next(endpoint_id: int | None, workspace_id: int) -> bool:
    """One call; False when nothing is due, or the endpoint is not to be asked now."""
    with scope(workspace_id):
        endpoint = Endpoint.objects.filter(pk=endpoint_id).first() if endpoint_id else None
        if endpoint_id and (endpoint is None or _is_resting(endpoint)):
            return False
        number = statements.take_call(endpoint_id, lease=LEASE)
        if number is None:
            return False
        call = Call.objects.get(pk=number)
        try:
            url, headers = _prepared(call, endpoint)
        except box.UnreadableSecretError:
            end(call, State.FAILED, "unreadable_secret")
            return True
    crash.point("delivery.calling")
    result = _asked(call, url, headers)
    crash.point("delivery.called")
    with scope(workspace_id):
        # The endpoint before its call, as everybody who switches one off locks them.
        endpoint = Endpoint.objects.select_for_update(of=("self",)).filter(pk=endpoint_id or 0).first()
        kept = Call.objects.select_for_update(of=("self",)).filter(pk=number, state=State.SENDING).first()
        # Whoever took so long that somebody else took the call is not believed any more.
        if kept is not None and kept.attempts == call.attempts:
            settle(kept, endpoint, result)
    return True


def _is_resting(endpoint: Endpoint) -> bool:
    return not endpoint.is_on or (endpoint.wait_until is not None and endpoint.wait_until > clock.now())


def _prepared(call: Call, endpoint: Endpoint | None) -> tuple[str, dict[str, str]]:
    """Where the call goes, and its headers. Raises box.UnreadableSecretError."""
    url = call.url or (endpoint.url if endpoint else "")
    boxed = call.headers_box or (endpoint.headers_box if endpoint else "")
    own: Mapping[str, str] = json.loads(box.unseal(boxed)) if boxed else {}
    signed = webhooks_signing.headers(
        endpoint, webhook_id=call.webhook_id, at=clock.now(), body=call.body.encode()
    )
    return url, {"Content-Type": "application/json", **own, **signed}


def _asked(call: Call, url: str, headers: Mapping[str, str]) -> Result:
    began = time.monotonic()
    try:
        answer = outbound.ask(call.method, url, body=call.body.encode(), headers=headers, seconds=PATIENCE)
    except outbound.ForbiddenPlaceError as forbidden:
        return Result(problem=str(forbidden), reason="forbidden_place", url=url)
    except outbound.UnreachableError as problem:
        return Result(problem=str(problem), url=url, took_ms=_since(began))
    return Result(
        status=answer.status,
        said=answer.body[: EXCERPT * 4].decode("utf-8", "replace").replace("\0", "")[:EXCERPT],
        retry_after=answer.headers.get("retry-after", ""),
        url=url,
        took_ms=_since(began),
    )


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1_000)


def _look_again(endpoint_id: int | None) -> None:
    """Come back when the next call is due, or the endpoint may be asked again."""
    due = statements.next_call(endpoint_id)
    if due is None:
        return
    endpoint = Endpoint.objects.filter(pk=endpoint_id).first() if endpoint_id else None
    if endpoint is not None and not endpoint.is_on:
        return
    rests = endpoint.wait_until if endpoint else None
    wake(endpoint_id, max(due, rests) if rests else due)
