"""What rules and triggers would have done with what really happened: for backtests. Pure.

Every record is a simulation, woken in the order of time; people's acts come from the log, automatic ones from the
rules that are tried. What happens to a record is first looked at by triggers and then by rules, as in the live run.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from afluente.automation.engine.limits import DEEPEST
from afluente.automation.engine.past import Found, Past, echoes
from afluente.automation.engine.silences import Silences
from afluente.automation.engine.simulating import Simulation
from afluente.automation.engine.triggers import MOVED, REFUSED, Armed, Decided, Happened, Place, decide

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.interpreting import Program
    from afluente.automation.engine.records import Record

MOST_MOVES = 20  # automatic moves of a record in an hour (S-LOOP 4)
HOUR = dt.timedelta(hours=1)
LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass
class Replay:
    """A stretch of history told again. `records` are as they were at its beginning; `holds` asks a trigger's
    condition of one; `reach_all` are the triggers that mean every record of a client; `lacking` what records lack
    that stages ask for.
    """

    records: Mapping[int, Record]
    programs: Mapping[int, Program]
    scene_at: Callable[[Record, dt.datetime, dt.datetime], Scene]
    places: Mapping[int, Place]
    armed: Sequence[Armed] = ()
    holds: Callable[[Armed, Record, dt.datetime], bool] = lambda _armed, _record, _at: True
    clients: Mapping[int, Sequence[int]] = field(default_factory=dict)
    reach_all: frozenset[int] = frozenset()
    lacking: Mapping[tuple[int, int], str] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    _runs: dict[int, Simulation] = field(default_factory=dict)
    _wakes: list[tuple[dt.datetime, int]] = field(default_factory=list)
    _silences: Silences = field(default_factory=Silences)
    _active: dict[int, tuple[dt.datetime, int]] = field(default_factory=dict)
    _moves: dict[int, deque[dt.datetime]] = field(default_factory=lambda: defaultdict(deque))
    _frozen: set[int] = field(default_factory=set)
    _gone: set[int] = field(default_factory=set)

    def tell(self, one: Past) -> None:
        """Let one thing happen, after everything that fell due before it."""
        self.advance(one.at)
        if one.by_rule and one.kind != "deal.opened":
            return
        if one.record_id is None:
            self._hear_of(one)
        elif one.record_id in self.records:
            self._act(one.record_id, one)

    def advance(self, until: dt.datetime) -> None:
        """Let time pass for every record."""
        while True:
            wake = self._wakes[0][0] if self._wakes else until + HOUR
            while silence := self._silences.take(min(wake, until)):
                if silence.record_id not in self._gone:
                    self._decide(silence.record_id, silence.happened, [silence.armed])
            if wake > until:
                return
            at, record_id = heapq.heappop(self._wakes)
            run = self._runs[record_id]
            if run.next_at == at:
                self._step(record_id, at, lambda run=run, at=at: run.advance(at))  # type: ignore[misc]

    def waiting(self) -> list[Found]:
        """What would still wait."""
        return [Found(record_id=pk, told=told) for pk, run in self._runs.items() for told in run.waits()]

    def stage_of(self, record_id: int) -> int:
        """Where a record would be."""
        return int(self._run(record_id).record.get("stage"))

    # One record

    def _run(self, record_id: int) -> Simulation:
        run = self._runs.get(record_id)
        if run is None:
            record = self.records[record_id]
            ends = frozenset(pk for pk, place in self.places.items() if place.is_terminal)
            run = Simulation(
                record=record, programs=self.programs, scene_at=self.scene_at, follows=False, ends=ends
            )
            run.stage_id = record.get("stage") or 0
            self._runs[record_id] = run
        return run

    def _act(self, record_id: int, one: Past) -> None:
        """What a person did with a record, and what of it triggers hear."""
        run = self._run(record_id)
        self._active[record_id] = (one.at, record_id)
        if one.kind in {"deal.deleted", "deal.restored"}:
            self._put_away(record_id, one)
        if one.values:
            self._step(record_id, one.at, lambda: run.change(one.values, one.at))
        enters = one.stage_id is not None and (one.kind == "deal.opened" or one.stage_id != run.stage_id)
        if one.kind == "deal.moved" and not enters:
            return
        if enters and one.stage_id is not None:
            self._stand(record_id, one.stage_id, one.at, lost_for=one.values.get("lost_reason"))
        happened = Happened(kind=one.kind, at=one.at, data=one.data, is_automatic=one.by_rule)
        moves_on = self._trigger(record_id, happened)
        if enters and one.begins and one.stage_id is not None and not moves_on:
            self._enter(record_id, one.stage_id, one.at, 0)

    def _put_away(self, record_id: int, one: Past) -> None:
        if one.kind == "deal.restored":
            self._gone.discard(record_id)
            return
        self._gone.add(record_id)
        self._step(record_id, one.at, lambda: self._runs[record_id].leave(one.at, "record_deleted"))

    def _hear_of(self, one: Past) -> None:
        """Something that names a client only: triggers say which of their records is meant."""
        happened = Happened(kind=one.kind, at=one.at, data=one.data, is_automatic=one.by_rule)
        meant: dict[int, list[Armed]] = defaultdict(list)
        theirs = [pk for pk in self.clients.get(one.contact_id or 0, ()) if pk in self._runs]
        theirs.sort(key=lambda pk: self._active.get(pk, (LONG_AGO, pk)), reverse=True)
        theirs.sort(key=lambda pk: not self._is_open(pk))
        for armed in self._wanting(happened, one.trigger_id):
            fitting = [
                pk
                for pk in theirs
                if pk not in self._gone
                and self._pipeline(pk) == armed.to.pipeline_id
                and (self._is_open(pk) or armed.may_reopen)
            ]
            for pk in fitting if armed.id in self.reach_all else fitting[:1]:
                meant[pk].append(armed)
        for pk, wanting in meant.items():
            self._decide(pk, happened, wanting)

    def _is_open(self, record_id: int) -> bool:
        return self._run(record_id).record.get("closed") is None

    def _pipeline(self, record_id: int) -> int:
        place = self.places.get(self._run(record_id).stage_id)
        return place.pipeline_id if place else 0

    # Triggers

    def _wanting(self, happened: Happened, trigger_id: int | None = None) -> list[Armed]:
        return [
            one for one in self.armed if (trigger_id is None or one.id == trigger_id) and one.wants(happened)
        ]

    def _trigger(self, record_id: int, happened: Happened) -> bool:
        """Whether a trigger moves the record because of this."""
        if not self.armed or record_id in self._gone:
            return False
        here = self._pipeline(record_id)
        wanting = [one for one in self._wanting(happened) if one.to.pipeline_id == here]
        return self._decide(record_id, happened, wanting)

    def _decide(self, record_id: int, happened: Happened, wanting: Sequence[Armed]) -> bool:
        run = self._run(record_id)
        at = self.places.get(run.stage_id)
        wanting = self._silences.put_off(record_id, happened, wanting)
        if at is None or not wanting:
            return False
        verdict = decide(
            wanting,
            happened,
            at=at,
            is_open=self._is_open(record_id),
            now=happened.at,
            holds=lambda one: self.holds(one, run.record, happened.at),
            is_frozen=record_id in self._frozen,
        )
        if verdict is None:
            return False
        verdict = self._allowed(record_id, verdict, happened.at)
        self.found.append(Found(record_id=record_id, decided=verdict, at=happened.at))
        if verdict.state != MOVED or verdict.to is None:
            return False
        self._move(record_id, verdict.to.stage_id, happened.at, happened.depth + 1)
        return True

    def _allowed(self, record_id: int, verdict: Decided, at: dt.datetime) -> Decided:
        """The same, unless the record moves too often, or lacks what its new stage asks for."""
        if verdict.state != MOVED or verdict.to is None:
            return verdict
        reason = "loop_guard" if self._freezes(record_id, at) else ""
        if not reason and self.lacking.get((record_id, verdict.to.stage_id)):
            reason = "missing"
        return Decided(trigger_id=verdict.trigger_id, state=REFUSED, reason=reason) if reason else verdict

    # Moving

    def _freezes(self, record_id: int, at: dt.datetime) -> bool:
        """Whether automation moved it too often in the last hour: then it stands still."""
        moves = self._moves[record_id]
        while moves and moves[0] <= at - HOUR:
            moves.popleft()
        if len(moves) >= MOST_MOVES and record_id not in self._frozen:
            self._frozen.add(record_id)
            self._step(record_id, at, lambda: self._runs[record_id].leave(at, "loop_guard"))
        return record_id in self._frozen

    def _move(
        self, record_id: int, stage_id: int, at: dt.datetime, depth: int, *, heard: int | None = None
    ) -> None:
        """Automation puts it into another stage, and triggers that hear rules may move it on: when a rule of the
        depth `heard` did it before it begins there, when a trigger did it after that, as the worker takes turns.
        """
        before = self._run(record_id).stage_id
        self._moves[record_id].append(at)
        self._stand(record_id, stage_id, at)
        data = {"from": before, "to": stage_id}
        happened = Happened(kind="deal.moved", at=at, data=data, is_automatic=True, depth=heard or 0)
        if heard is None and self._may_enter(record_id, depth):
            self._enter(record_id, stage_id, at, depth, told=[happened])
        elif not self._trigger(record_id, happened):
            self._enter(record_id, stage_id, at, depth)

    def _stand(self, record_id: int, stage_id: int, at: dt.datetime, *, lost_for: str | None = None) -> None:
        """It is in another stage; what waited for the one before is over, and nothing began yet. Why it was lost is
        forgotten by each move, unless that says so.
        """
        run = self._run(record_id)
        self._step(record_id, at, lambda: run.leave(at))
        run.stage_id = stage_id
        place = self.places.get(stage_id)
        closed = at if place and place.is_terminal else None
        run.record.changed |= {"stage": stage_id, "entered": at, "closed": closed, "lost_reason": lost_for}
        if place:
            run.record.changed["pipeline"] = place.pipeline_id

    def _may_enter(self, record_id: int, depth: int) -> bool:
        return record_id not in self._frozen and record_id not in self._gone and depth <= DEEPEST

    def _enter(
        self, record_id: int, stage_id: int, at: dt.datetime, depth: int, told: Sequence[Happened] = ()
    ) -> None:
        if self._may_enter(record_id, depth):
            run = self._run(record_id)
            self._step(record_id, at, lambda: run.enter(stage_id, at, depth=depth), told)

    def _step(
        self, record_id: int, at: dt.datetime, act: Callable[[], None], told: Sequence[Happened] = ()
    ) -> None:
        """Let a record go on, note what it came to, and let what rules did have its consequences, after what was
        `told` before.
        """
        run = self._run(record_id)
        before, known = dict(run.record.changed) if self._hears_rules else {}, len(run.told)
        run.target = None
        act()
        fresh = run.told[known:]
        self.found += [Found(record_id=record_id, told=one) for one in fresh]
        if run.next_at is not None:
            heapq.heappush(self._wakes, (run.next_at, record_id))
        if any(made.effect.kind == "delete" for one in fresh for made in one.made):
            self._gone.add(record_id)
        target, depth = run.target, run.depth + 1
        heard = echoes(run.record, before, fresh, at=at, depth=run.depth) if self._hears_rules else []
        for happened in [*told, *heard]:
            if target is None and self._trigger(record_id, happened):
                return
        if target is not None and not self._freezes(record_id, at):
            self._move(record_id, target, at, depth, heard=depth - 1)

    @property
    def _hears_rules(self) -> bool:
        return any(one.hears_rules for one in self.armed)
