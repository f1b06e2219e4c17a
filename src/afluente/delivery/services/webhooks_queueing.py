"""Calls that are to be made: written with what happened, so that none is lost, each once (R-1, R-9)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.delivery import statements
from afluente.delivery.events import Settled
from afluente.delivery.models import Call
from afluente.delivery.selectors.webhooks import offered
from afluente.kernel import box, bus, clock, jobs
from afluente.kernel.workspace import current_workspace_id, scope

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import NewEvent

CALL = "delivery.call"
ROOM = 20_000  # bytes of what an event says: receivers of Standard Webhooks expect no more
State = Call.State


@dataclass(frozen=True, kw_only=True)
class NewCall:
    """One call that a rule wants. It goes to an endpoint, signed with its secret, or to an address of its own.

    `key` names it once and for all; `headers` are those of its own address.
    """

    key: str
    kind: str
    body: str
    endpoint_id: int | None = None
    method: str = "POST"
    url: str = ""
    headers: Mapping[str, str] | None = None
    contact_id: int | None = None
    deal_id: int | None = None
    rule_id: int | None = None
    rule_name: str = ""
    goes_along: bool = False


def announce(ids: Sequence[int], events: Sequence[NewEvent]) -> None:
    """Let endpoints be told of events, in the transaction that writes them. One statement, a short one when nobody
    is told of these kinds.
    """
    known = offered()
    wanted = {pk: one.kind for pk, one in zip(ids, events, strict=True) if one.kind in known}
    if wanted and statements.tells_somebody(wanted.values()):
        _wake_later(statements.announce(list(wanted), room=ROOM))


def queue_calls(calls: Sequence[NewCall]) -> None:
    """Let calls of rules leave soon, in the caller's transaction. One whose key is known is passed over."""
    now = clock.now()
    rows = [
        Call(
            endpoint_id=one.endpoint_id,
            key=one.key,
            webhook_id=_id_of(one.key),
            kind=one.kind,
            contact_id=one.contact_id,
            deal_id=one.deal_id,
            rule_id=one.rule_id,
            rule_name=one.rule_name,
            goes_along=one.goes_along,
            method=one.method,
            url=one.url,
            headers_box=box.seal(json.dumps(dict(one.headers))) if one.headers else "",
            body=one.body,
            due_at=now,
            created_at=now,
        )
        for one in calls
    ]
    Call.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    _wake_later({one.endpoint_id for one in calls})


def _id_of(key: str) -> str:
    """The same step is the same call for its receiver, and says nothing of us."""
    return "msg_" + hashlib.sha256(f"{current_workspace_id()}:{key}".encode()).hexdigest()[:32]


def wake(endpoint_id: int | None, at: dt.datetime | None = None) -> None:
    """Let a worker look at an endpoint (None: at the addresses of rules), now or at a moment."""
    workspace_id = current_workspace_id()
    jobs.enqueue(
        CALL,
        {"endpoint": endpoint_id},
        key=f"{workspace_id}:{endpoint_id or 0}",
        due_at=at,
        workspace_id=workspace_id,
    )


def _wake_later(endpoint_ids: Sequence[int] | set[int | None]) -> None:
    """Once it is committed: a job with a key would let everybody who writes an event wait for each other. Who dies
    in between is made up for by the look (jobs.look_for_calls).
    """
    if endpoint_ids:
        transaction.on_commit(
            partial(_wake_all, current_workspace_id(), sorted(endpoint_ids, key=lambda one: one or 0))
        )


def _wake_all(workspace_id: int, endpoint_ids: Sequence[int | None]) -> None:
    with scope(workspace_id):
        for one in endpoint_ids:
            wake(one)


def cancel_calls(*, deal_ids: Sequence[int] = (), rule_id: int | None = None, reason: str) -> int:
    """Take back what waits: of deals that leave their stage, or of a rule that was stopped; how many. What is
    under way, or was tried and may have arrived, goes its way (S-CANCEL).
    """
    found = Call.objects.filter(state=State.QUEUED, attempts=0)
    if rule_id is None:
        found = found.filter(deal_id__in=deal_ids, goes_along=True)
    else:
        found = found.filter(rule_id=rule_id)
    rows = list(found.order_by("pk").select_for_update(of=("self",)).values_list("pk", "key"))
    if rows:
        Call.objects.filter(pk__in=[pk for pk, _ in rows]).update(
            state=State.CANCELLED, reason=reason, ended_at=clock.now()
        )
    for _, key in rows:
        bus.publish(Settled(key, State.CANCELLED, reason))
    return len(rows)


def replay_call(call: Call) -> None:
    """Make one call again that ended, with tries of its own and the same id and body."""
    Call.objects.filter(pk=call.pk, state__in=ENDED).update(**_afresh())
    wake(call.endpoint_id)


def replay_since(*, endpoint_id: int, since: dt.datetime) -> int:
    """Make again what failed since a moment, and make up for events of which the endpoint was not told since, also
    while it was off; how many.
    """
    failed = Call.objects.filter(
        endpoint_id=endpoint_id,
        created_at__gte=since,
        state__in=(State.FAILED, State.CANCELLED),
        rule_id=None,
    )
    count = failed.update(**_afresh())
    count += statements.announce_missed(endpoint_id=endpoint_id, since=since, room=ROOM)
    wake(endpoint_id)
    return count


def _afresh() -> dict[str, object]:
    return {
        "state": State.QUEUED,
        "reason": "",
        "detail": "",
        "attempts": 0,
        "due_at": clock.now(),
        "ended_at": None,
    }


ENDED = (State.SENT, State.FAILED, State.CANCELLED)
