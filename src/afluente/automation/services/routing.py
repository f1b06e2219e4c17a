"""From what was heard to moves: at most one for each thing and deal, in the order in which things happened."""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from afluente.automation import selectors, statements
from afluente.automation.engine.triggers import MOVED, REFUSED, Armed, Decided, Happened, decide
from afluente.automation.models import Firing, Heard, Trigger
from afluente.automation.services.armed import triggers_now
from afluente.automation.services.freezing import freeze_busy
from afluente.automation.services.quieting import QUIET, put_off
from afluente.automation.services.triggered import Move, move_all
from afluente.contacts.services import survivors_of
from afluente.deals.models import Deal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.automation.services.armed import Known
    from afluente.automation.statements import Candidate

log = logging.getLogger("afluente.automation")
BATCH = 500
AGAIN = dt.timedelta(minutes=5)  # after which what could not be looked at is looked at again
GIVEN_UP = dt.timedelta(hours=1)  # after which it is not any more
KEPT = dt.timedelta(days=7)  # how long a call of a webhook is remembered, so that a repeat is recognised


@transaction.atomic
def route(*, limit: int = BATCH, now: dt.datetime | None = None) -> int:
    """Look at up to `limit` things that were heard; how many are done with.

    In a transaction of its own. Deals that somebody is saving are looked at the next time, and so is a second
    thing about a deal that moves now. When they cannot be looked at together, each is for itself: what comes
    after one that cannot be looked at must not wait for it.
    """
    if not statements.take_triggers():
        return 0
    moment = now or statements.database_now()
    waiting = Heard.objects.filter(Q(due_at=None) | Q(due_at__lte=moment), looked_at=None)
    heard = list(waiting.order_by("pk")[:limit])
    if not heard:
        return 0
    try:
        with transaction.atomic():
            return _look_at(heard, moment)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001  each for itself says which it was
        return sum(_look_at_one(one, moment) for one in heard)


def _look_at_one(one: Heard, moment: dt.datetime) -> int:
    try:
        with transaction.atomic():
            return _look_at([one], moment)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("No trigger can look at %s, heard as %s.", one.kind, one.pk)
        is_over = moment - one.happened_at > GIVEN_UP
        then = {"looked_at": moment} if is_over else {"due_at": moment + AGAIN}
        return Heard.objects.filter(pk=one.pk).update(**then)


def _look_at(heard: Sequence[Heard], moment: dt.datetime) -> int:
    known = triggers_now(moment)
    wanted = {one.pk: _wanting(one, known) for one in heard}
    meant = put_off(heard, _meant(heard, wanted, known))
    locked, present = statements.lock_present({deal for ids in meant.values() for deal in ids})
    _look_up(locked, known)
    done, moves = _decide_all(heard, meant, locked, present, known)
    move_all(moves, known.triggers)
    Heard.objects.filter(Q(key="") | Q(key__startswith=QUIET), pk__in=done).delete()
    Heard.objects.filter(pk__in=done).update(looked_at=known.now)
    Heard.objects.filter(looked_at__lt=known.now - KEPT).delete()
    return len(done)


def _happened(one: Heard) -> Happened:
    return Happened(
        kind=one.kind,
        at=one.happened_at,
        data=one.data,
        is_automatic=one.is_automatic,
        depth=one.depth,
    )


def _wanting(one: Heard, known: Known) -> list[Armed]:
    """The triggers that wait for this; of a call of a webhook, the one that was called."""
    happened = _happened(one)
    return [
        armed
        for armed in known.armed
        if (one.trigger_id is None or armed.id == one.trigger_id) and armed.wants(happened)
    ]


def _meant(
    heard: Iterable[Heard], wanted: Mapping[int, Sequence[Armed]], known: Known
) -> dict[int, dict[int, list[Armed]]]:
    """For each thing the deals that it is about, and the triggers that may move each: the deal that it names,
    else those of its client.
    """
    strangers = [one for one in heard if wanted[one.pk] and one.deal_id is None and one.contact_id]
    present = survivors_of([one.contact_id or 0 for one in strangers]) if strangers else {}
    people = {one.pk: present.get(one.contact_id or 0, one.contact_id or 0) for one in strangers}
    pipelines = {armed.to.pipeline_id for one in strangers for armed in wanted[one.pk]}
    theirs: dict[int, list[Candidate]] = defaultdict(list)
    if strangers:
        for row in statements.candidates(set(people.values()), pipelines):
            theirs[row.contact_id].append(row)
    named = {one.deal_id for one in heard if wanted[one.pk] and one.deal_id}
    pipeline_of = dict(Deal.objects.present().filter(pk__in=named).values_list("pk", "pipeline_id"))
    meant: dict[int, dict[int, list[Armed]]] = {}
    for one in heard:
        found: dict[int, list[Armed]] = defaultdict(list)
        for armed in wanted[one.pk]:
            if one.deal_id is None:
                chosen = _chosen(armed, theirs[people[one.pk]], known.triggers[armed.id])
            else:
                chosen = [one.deal_id] if pipeline_of.get(one.deal_id) == armed.to.pipeline_id else []
            for deal_id in chosen:
                found[deal_id].append(armed)
        meant[one.pk] = dict(found)
    return meant


def _chosen(armed: Armed, deals: Sequence[Candidate], trigger: Trigger) -> list[int]:
    """The most recently active deal of a client in the trigger's pipeline, or all of them; open ones first."""
    fitting = [
        one.deal_id
        for one in deals
        if one.pipeline_id == armed.to.pipeline_id and (one.is_open or armed.may_reopen)
    ]
    return fitting if trigger.reach == Trigger.Reach.ALL else fitting[:1]


def _look_up(deal_ids: set[int], known: Known) -> None:
    if not deal_ids:
        return
    known.records = selectors.load_records(deal_ids, selectors.catalogue())
    known.standing = {
        pk: (record.get("stage"), record.get("closed") is None) for pk, record in known.records.items()
    }
    known.frozen = statements.frozen(deal_ids)


def _decide_all(
    heard: Sequence[Heard],
    meant: Mapping[int, Mapping[int, list[Armed]]],
    locked: set[int],
    present: set[int],
    known: Known,
) -> tuple[list[int], list[Move]]:
    """What is done with, and the moves that come of it."""
    was_told = set(
        Firing.objects.filter(heard_id__in=[one.pk for one in heard]).values_list("heard_id", "deal_id")
    )
    done: list[int] = []
    decided: list[tuple[Heard, int, Decided]] = []
    moving: set[int] = set()
    for one in heard:
        is_done = True
        for deal_id, armed in meant[one.pk].items():
            if deal_id not in present or (one.pk, deal_id) in was_told:
                continue
            if deal_id not in locked or deal_id in moving:
                is_done = False
                # What comes after it for the same deal waits too: things keep their order.
                moving.add(deal_id)
                continue
            if verdict := _verdict(one, deal_id, armed, known):
                decided.append((one, deal_id, verdict))
                if verdict.state == MOVED:
                    moving.add(deal_id)
        if is_done:
            done.append(one.pk)
    return done, _told(decided, known)


def _verdict(one: Heard, deal_id: int, armed: Sequence[Armed], known: Known) -> Decided | None:
    stage_id, is_open = known.standing[deal_id]
    at = known.places.get(stage_id)
    if at is None:  # its stage is being deleted
        return None
    return decide(
        armed,
        _happened(one),
        at=at,
        is_open=is_open,
        now=known.now,
        holds=lambda trigger: known.holds(trigger, deal_id),
        is_frozen=deal_id in known.frozen,
    )


def _told(decided: Sequence[tuple[Heard, int, Decided]], known: Known) -> list[Move]:
    """Write down what was decided, and give back the moves that may be made."""
    moved = [(one, deal_id, verdict) for one, deal_id, verdict in decided if verdict.state == MOVED]
    stopped = freeze_busy({deal_id for _, deal_id, _ in moved})
    lacking = _lacking(moved)
    rows, moves = [], []
    for one, deal_id, verdict in decided:
        state, reason, detail = verdict.state, verdict.reason, ""
        if state == MOVED and deal_id in stopped:
            state, reason = REFUSED, "loop_guard"
        elif state == MOVED and deal_id in lacking:
            state, reason, detail = REFUSED, "missing", ",".join(lacking[deal_id])
        rows.append(
            Firing(
                trigger_id=verdict.trigger_id,
                deal_id=deal_id,
                heard_id=one.pk,
                event_id=one.event_id,
                state=state,
                reason=reason,
                detail=detail[:250],
                at=known.now,
            )
        )
        if state == MOVED and verdict.to is not None:
            root = one.root_id or one.event_id
            moves.append(
                Move(deal_id, verdict.trigger_id, verdict.to.stage_id, one.depth, root, one.event_id)
            )
    Firing.objects.bulk_create(rows)
    return moves


def _lacking(moved: Sequence[tuple[Heard, int, Decided]]) -> dict[int, list[str]]:
    """What deals lack that won and lost stages ask for: a trigger does not close them without it."""
    ends: dict[int, list[int]] = defaultdict(list)
    for _, deal_id, verdict in moved:
        if verdict.to is not None and verdict.to.is_terminal:
            ends[verdict.to.stage_id].append(deal_id)
    return selectors.lacking(ends)
