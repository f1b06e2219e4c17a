"""Trying rules on what really happened before they are published; nothing is sent, no deal changes (issue 5, 6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.automation import selectors, statements
from afluente.automation.engine.conditions import Moment
from afluente.automation.engine.records import UnknownFieldError
from afluente.automation.engine.replaying import Replay
from afluente.automation.engine.steps import State
from afluente.automation.engine.triggers import PASSED
from afluente.automation.engine.written import read_rules
from afluente.automation.models import Backtest, BacktestRow, Definition
from afluente.automation.selectors.histories import history_of
from afluente.automation.selectors.trigger_kinds import trigger_kinds
from afluente.automation.services.actions import outside
from afluente.automation.services.armed import Known, triggers_now
from afluente.automation.services.checking import check_rules
from afluente.automation.services.simulating import programs_of, running_rules, surroundings
from afluente.kernel import clock, jobs
from afluente.kernel.workspace import current_workspace_id, scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.automation.engine.past import Found, Past
    from afluente.automation.engine.records import Record
    from afluente.automation.engine.simulating import Told
    from afluente.automation.engine.steps import Made
    from afluente.automation.engine.triggers import Armed, Decided
    from afluente.deals.models import Pipeline

JOB = "automation.backtest"
MOST_DAYS = 90
MOST_EVENTS = 200_000
SLICE = 2_000  # events between two notes of how far it is
SAID = {"message": "text", "notify": "text", "comment": "text", "task": "title"}  # effects that have words
LONGEST = 2_000  # signs of words that are kept


@dataclass
class Tried:
    """A replay that is ready to be told what happened."""

    replay: Replay
    past: Sequence[Past]
    since: dt.datetime
    until: dt.datetime
    titles: Mapping[int, Mapping[str, str]]
    known: Known


@transaction.atomic
def begin_backtest(*, pipeline: Pipeline, days: int, by: Membership | None) -> Backtest:
    """Have the rules of a pipeline, as they are arranged, tried on its last `days` by a worker.

    What was tried before goes. Raises BadRuleError and NotPublishableError: rules that could not run.
    """
    for definition in Definition.objects.filter(stage__pipeline=pipeline):
        check_rules(read_rules(definition.draft, outside=outside()), by, place=definition.place)
    forget_backtests(Backtest.objects.filter(pipeline=pipeline).values_list("pk", flat=True))
    made = Backtest.objects.create(pipeline=pipeline, days=max(1, min(days, MOST_DAYS)), asked_at=clock.now())
    jobs.enqueue(JOB, {"backtest_id": made.pk}, workspace_id=current_workspace_id())
    return made


def forget_backtests(ids: Iterable[int]) -> None:
    """These and what they found go."""
    wanted = list(ids)
    BacktestRow.objects.filter(backtest_id__in=wanted).delete()
    Backtest.objects.filter(pk__in=wanted).delete()


def run_backtest(*, workspace_id: int, backtest_id: int) -> None:
    """Tell what happened again, a part at a time so that one sees how far it is. In no transaction; interrupted,
    it begins anew. Nothing when somebody asked for another one meanwhile.
    """
    with scope(workspace_id):
        backtest = Backtest.objects.select_related("pipeline").filter(pk=backtest_id).first()
        if backtest is None:
            return
        tried = prepare_backtest(backtest.pipeline, days=backtest.days)
        _note(backtest, state=Backtest.State.RUNNING, done=0, total=len(tried.past), since=tried.since)
    for first in range(0, len(tried.past), SLICE):
        with scope(workspace_id):
            for one in tried.past[first : first + SLICE]:
                tried.replay.tell(one)
            _note(backtest, done=min(first + SLICE, len(tried.past)))
    with scope(workspace_id):
        tried.replay.advance(tried.until)
        if not Backtest.objects.select_for_update().filter(pk=backtest_id).exists():
            return
        BacktestRow.objects.filter(backtest_id=backtest_id).delete()
        BacktestRow.objects.bulk_create(_rows(tried, backtest_id), batch_size=SLICE)
        _note(backtest, state=Backtest.State.DONE, ended_at=clock.now())


def fail_backtest(*, backtest_id: int, detail: str) -> None:
    """Say that it cannot be done, and why."""
    Backtest.objects.filter(pk=backtest_id).update(
        state=Backtest.State.FAILED, detail=detail[:250], ended_at=clock.now()
    )


def prepare_backtest(
    pipeline: Pipeline, *, days: int, since: dt.datetime | None = None, now: dt.datetime | None = None
) -> Tried:
    """A replay of a pipeline's last days, as if its rules had been published before them, its triggers as they
    stand. What the log does not say of the past (people, products, working hours) is as it is now.
    """
    now = now or statements.database_now()
    known = selectors.catalogue()
    history = history_of(
        pipeline, since=since or now - dt.timedelta(days=days), known=known, most=MOST_EVENTS
    )
    stages: dict[int, Sequence[Mapping[str, Any]]] = {**running_rules()}
    stages |= dict(Definition.objects.filter(stage__pipeline=pipeline).values_list("stage_id", "draft"))
    programs = programs_of(stages, known)
    around = surroundings(list(history.records), since=history.since)
    triggers = triggers_now(now)
    replay = Replay(
        records=history.records,
        programs=programs,
        scene_at=around.scene_at,
        places=triggers.places,
        armed=[one for one in triggers.armed if one.to.pipeline_id == pipeline.pk],
        holds=_asker(triggers),
        clients=history.clients,
        reach_all=frozenset(pk for pk, one in triggers.triggers.items() if one.reach == "all"),
        lacking=_lacking(triggers, list(history.records)),
    )
    titles = {stage: program.graph.titles for stage, program in programs.items()}
    return Tried(replay, history.past, history.since, now, titles, triggers)


def _asker(known: Known) -> Callable[[Armed, Record, dt.datetime], bool]:
    """Asks the condition of a trigger of a record at a moment; one that cannot be asked does not hold."""

    def holds(one: Armed, record: Record, at: dt.datetime) -> bool:
        test = known.tests[one.id]
        try:
            return test is not None and test(record, Moment(at, known.zone)).holds
        except UnknownFieldError:
            return False

    return holds


def _lacking(known: Known, deal_ids: Sequence[int]) -> dict[tuple[int, int], str]:
    """What deals lack now that stages ask for which triggers close them in."""
    ends = {one.to.stage_id for one in known.armed if one.to.is_terminal}
    found: dict[tuple[int, int], str] = {}
    for stage_id in ends:
        for deal_id, keys in selectors.lacking({stage_id: deal_ids}).items():
            found[deal_id, stage_id] = ",".join(keys)
    return found


def _rows(tried: Tried, backtest_id: int) -> Iterator[BacktestRow]:
    for one in tried.replay.found:
        if one.told is not None and one.told.at is not None and one.told.at <= tried.until:
            yield _step(one.told, one.told.at, one, tried, backtest_id)
        elif one.decided is not None and one.at is not None and one.decided.state != PASSED:
            yield _fired(one.decided, one.at, one, tried, backtest_id)


def _step(told: Told, at: dt.datetime, one: Found, tried: Tried, backtest_id: int) -> BacktestRow:
    return BacktestRow(
        backtest_id=backtest_id,
        at=at,
        deal_id=one.record_id,
        stage_id=told.stage_id,
        rule=told.line.rule,
        title=tried.titles.get(told.stage_id, {}).get(told.line.rule, told.line.rule)[:150],
        state=told.line.state.value,
        reason=told.line.reason,
        words=words_of(told.made) if told.line.state == State.APPLIED else [],
    )


def _fired(decided: Decided, at: dt.datetime, one: Found, tried: Tried, backtest_id: int) -> BacktestRow:
    trigger = tried.known.triggers[decided.trigger_id]
    return BacktestRow(
        backtest_id=backtest_id,
        at=at,
        deal_id=one.record_id,
        stage_id=trigger.stage_id,
        rule=f"trigger:{trigger.pk}",
        title=(trigger.title or str(trigger_kinds()[trigger.kind].label))[:150],
        state=decided.state,
        reason=decided.reason,
    )


def words_of(made: Sequence[Made]) -> list[dict[str, str]]:
    """What would have been said to people, and where."""
    found = []
    for effect in (one.effect for one in made if one.effect.kind in SAID):
        text = str(effect.values.get(SAID[effect.kind], ""))[:LONGEST]
        said = {"kind": effect.kind, "text": text}
        if effect.kind == "message":
            said |= {
                "to": str(effect.values.get("address", "")),
                "subject": str(effect.values.get("subject", "")),
            }
        found.append(said)
    return found


def _note(backtest: Backtest, **values: Any) -> None:
    Backtest.objects.filter(pk=backtest.pk).update(**values)
