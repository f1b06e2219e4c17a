"""What a person decides about steps that failed, or of which nobody knows whether they were done (S-FAIL, S-TX)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.automation import selectors, statements
from afluente.automation.engine.rules import START, compile_rules
from afluente.automation.engine.steps import State, Token
from afluente.automation.engine.written import read_rules
from afluente.automation.models import Definition, Step, Version
from afluente.automation.services.actions import outside
from afluente.automation.services.entering import leave
from afluente.automation.services.settling import Outcome, settle
from afluente.automation.statements import Name, Taken
from afluente.delivery import services as delivery
from afluente.delivery.models import Message
from afluente.kernel import clock, live
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from afluente.automation.engine.nodes import Graph
    from afluente.timeline.events import Actor


@dataclass(frozen=True)
class _Held:
    """A standing step, its deal locked, and the rules by which it would go on: None when the deal left, or they
    do not run.
    """

    step: Step
    graph: Graph | None
    version: int

    @property
    def name(self) -> Name:
        """What the step is called."""
        one = self.step
        return Name(
            definition_id=one.definition_id,
            deal_id=one.deal_id,
            epoch=one.epoch,
            rule=one.rule,
            occurrence=one.occurrence,
        )

    @property
    def beginning(self) -> str:
        """Where it is tried from: its condition, or its action; '' when its rule is gone."""
        names = [START] if not self.step.rule else [f"{self.step.rule}.{part}" for part in ("if", "do")]
        return next((one for one in names if self.graph and one in self.graph.nodes), "")

    @property
    def following(self) -> set[str]:
        """The rules after it in its lane."""
        rest = self.graph.rest.get(f"{self.step.rule}.do", ()) if self.graph else ()
        return set(rest) - {self.step.rule}


@transaction.atomic
def retry_steps(*, step_ids: Collection[int], by: Actor) -> int:
    """Let standing steps be done anew by the rules as they run now, whatever their time; how many will be.

    Their conditions are asked again. Passed over is what cannot be done any more: the deal left the stage, the
    rule is gone or paused, or what follows it was done meanwhile. Of an unknown one this says that it was not done.
    """
    held = _not_gone_on([one for one in _held(step_ids) if one.beginning])
    _settle_unknown(held, was_done=False)
    delivery.make_room([str(one.name) for one in held])
    statements.keep_tokens([_token(one, one.beginning) for one in held])
    _tell("automation.retried", held, by)
    return len(held)


@transaction.atomic
def confirm_steps(*, step_ids: Collection[int], by: Actor) -> int:
    """Say of unknown steps that they were done: what follows them starts; of how many."""
    held = [one for one in _held(step_ids) if one.step.state == Step.State.UNKNOWN]
    _settle_unknown(held, was_done=True)
    _tell("automation.confirmed", held, by)
    return len(held)


@transaction.atomic
def pass_over_steps(*, step_ids: Collection[int], by: Actor) -> int:
    """End standing steps as skipped; what follows goes on as after any skipped step. How many."""
    held = _held(step_ids)
    _settle_unknown(held, was_done=False)
    _end(held, Step.State.SKIPPED, "skipped_by_user", by)
    able = [one for one in _not_gone_on(held) if one.graph and f"{one.step.rule}.do" in one.graph.nodes]
    going = [one for one in able if not _stops_when_skipped(one)]
    statements.keep_tokens([_token(one, f"{one.step.rule}.do", State.SKIPPED.value) for one in going])
    _tell("automation.skipped", held, by)
    return len(held)


@transaction.atomic
def give_up_steps(*, step_ids: Collection[int], by: Actor) -> int:
    """End standing steps as cancelled, with everything else that waits for their deals; how many."""
    held = _held(step_ids)
    _settle_unknown(held, was_done=False)
    _end(held, Step.State.CANCELLED, "stopped_by_user", by)
    if held:
        leave(sorted({one.step.deal_id for one in held}), reason="stopped_by_user", detail=by.name)
    _tell("automation.stopped", held, by)
    return len(held)


def _held(step_ids: Collection[int]) -> list[_Held]:
    """The standing ones of these, locked after their deals; of what was decided meanwhile nothing."""
    ids = list(Step.objects.filter(pk__in=step_ids).values_list("deal_id", flat=True))
    epochs = statements.lock_all(ids)
    rows = list(
        selectors.standing_steps()
        .filter(pk__in=step_ids, deal__in=epochs)
        .select_related("deal", "definition")
        .order_by("pk")
    )
    running = [one.definition for one in rows if one.definition.state == Definition.State.ACTIVE]
    graphs = _graphs({one.pk: one.version for one in running})
    return [
        _Held(
            one,
            graphs.get(one.definition_id) if epochs[one.deal_id] == one.epoch else None,
            one.definition.version,
        )
        for one in rows
    ]


def _graphs(versions: dict[int, int]) -> dict[int, Graph]:
    rows = Version.objects.filter(definition__in=versions).values_list("definition_id", "number", "rules")
    return {
        pk: compile_rules(read_rules(rules, outside=outside()))
        for pk, number, rules in rows
        if versions[pk] == number
    }


def _not_gone_on(held: Sequence[_Held]) -> list[_Held]:
    """Those of which nothing that follows them in their lane was done in the same entry: it is not done twice."""
    done = set(
        Step.objects.filter(
            deal__in={one.step.deal_id for one in held},
            state__in=[Step.State.APPLIED, Step.State.AWAITING, Step.State.UNKNOWN],
        ).values_list("definition_id", "deal_id", "epoch", "rule")
    )
    return [
        one
        for one in held
        if not any(
            (one.step.definition_id, one.step.deal_id, one.step.epoch, rule) in done for rule in one.following
        )
    ]


def _stops_when_skipped(one: _Held) -> bool:
    node = one.graph.nodes[f"{one.step.rule}.do"] if one.graph else None
    return getattr(node, "on_skip", "").endswith(".stop")


def _settle_unknown(held: Iterable[_Held], *, was_done: bool) -> None:
    """Say how unknown steps ended: to the outbox, which tells the step, or to the step itself."""
    unknown = {str(one.name) for one in held if one.step.state == Step.State.UNKNOWN}
    if not unknown:
        return
    sent = Message.objects.filter(key__in=unknown, state=Message.State.UNKNOWN).order_by("deal_id", "pk")
    for pk, key in list(sent.values_list("pk", "key")):
        delivery.decide(pk, was_sent=was_done)
        unknown.discard(key)
    state = State.APPLIED if was_done else State.FAILED
    settle([Outcome(step=key, state=state, reason="decided") for key in sorted(unknown)])


def _end(held: Sequence[_Held], state: str, reason: str, by: Actor) -> None:
    Step.objects.filter(pk__in=[one.step.pk for one in held]).update(
        state=state, reason=reason, detail=by.name[:500], ended_at=clock.now()
    )


def _token(held: _Held, node: str, key: str = "") -> tuple[Taken, Token]:
    """A step that waits no longer, at a node of the rules that run."""
    one = held.step
    taken = Taken(
        id=0,
        definition_id=one.definition_id,
        version=held.version,
        deal_id=one.deal_id,
        epoch=one.epoch,
        entered_at=one.deal.stage_entered_at,
        node=node,
        rule=one.rule,
        state=State.SCHEDULED,
        due_at=statements.database_now(),
        planned_at=None,
        until=None,
        occurrence=one.occurrence,
        key=key,
        priority=0,
        root_id=one.root_id,
        depth=one.depth,
    )
    return taken, taken.waiting


def _tell(kind: str, held: Sequence[_Held], by: Actor) -> None:
    """One line of the history for each step."""
    events = []
    for one in held:
        title = one.graph.titles.get(one.step.rule, one.step.rule) if one.graph else one.step.rule
        data = {"count": 1} if kind == "automation.stopped" else {"rule": title}
        events.append(NewEvent(kind, by, deal_id=one.step.deal_id, data=data))
    if events:
        timeline.record(events)
        transaction.on_commit(partial(live.wake, live.AUTOMATION, current_workspace_id()))
