"""What people do to steps that wait for one deal: run one now, skip it, stop them all, begin anew."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.automation import statements
from afluente.automation.engine.nodes import WaitTime
from afluente.automation.engine.rules import compile_rules
from afluente.automation.engine.steps import Line, State
from afluente.automation.engine.written import read_rules
from afluente.automation.models import Definition, Token, Version
from afluente.automation.services.actions import outside
from afluente.automation.services.entering import leave
from afluente.deals import services as deals
from afluente.kernel import live
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.nodes import Graph
    from afluente.automation.statements import Taken
    from afluente.timeline.events import Actor

STEERED = {State.SCHEDULED, State.PARKED, State.GATED}  # what a person may hurry or skip
KEPT = [State.SCHEDULED, State.PARKED, State.GATED, State.HELD]  # what comes back when a stop is taken back
COLUMNS = [
    "definition_id", "version", "deal_id", "epoch", "entered_at", "since", "node", "rule", "state", "shard", "priority",
    "due_at", "planned_at", "until", "occurrence", "key", "root_id", "depth",
]  # fmt: skip


class StepGoneError(Exception):
    """The step does not wait any more: it was done, the deal went on, or its rules are paused."""


@transaction.atomic
def run_step(*, deal_id: int, token_id: int, by: Actor) -> None:
    """Let a step that waits run now, whatever its time and working hours; its condition is still asked.

    A worker does it within milliseconds. Raises StepGoneError.
    """
    token, graph = _taken(deal_id, token_id)
    node = graph.nodes.get(token.node)
    now = statements.database_now()
    then = node.next if isinstance(node, WaitTime) else token.node
    hurried = replace(
        token.waiting, node=then, state=State.SCHEDULED, due_at=now, planned_at=None, until=None, key=""
    )
    statements.rewrite([(token, hurried)])
    _tell("automation.hurried", deal_id, by, {"rule": graph.titles.get(token.rule, token.rule)})


@transaction.atomic
def skip_step(*, deal_id: int, token_id: int, by: Actor) -> None:
    """End a step that waits as skipped; what follows it goes on as after any skipped step. Raises StepGoneError."""
    token, graph = _taken(deal_id, token_id)
    now = statements.database_now()
    line = Line(
        rule=token.rule,
        state=State.SKIPPED,
        reason="skipped_by_user",
        detail=by.name,
        due_at=token.planned_at,
        occurrence=token.occurrence,
    )
    statements.keep_lines([(token, line)], now=now)
    ended = replace(
        token.waiting,
        node=f"{token.rule}.do",
        state=State.SCHEDULED,
        due_at=now,
        planned_at=None,
        until=None,
        key=State.SKIPPED.value,
    )
    statements.rewrite([(token, ended)])
    _tell("automation.skipped", deal_id, by, {"rule": graph.titles.get(token.rule, token.rule)})


@transaction.atomic
def stop_steps(*, deal_id: int, by: Actor) -> list[dict[str, Any]]:
    """End everything that waits for a deal, messages too that were not sent yet; what `continue_steps` takes."""
    statements.lock_all([deal_id])
    waiting = Token.objects.filter(deal_id=deal_id)
    if not (count := waiting.count()):
        return []
    kept = [_plain(row) for row in waiting.filter(state__in=KEPT).order_by("pk").values(*COLUMNS)]
    leave([deal_id], reason="stopped_by_user", detail=by.name)
    _tell("automation.stopped", deal_id, by, {"count": count})
    return kept


@transaction.atomic
def continue_steps(*, deal_id: int, stopped: Sequence[Mapping[str, Any]], by: Actor) -> int:
    """Let wait again what was stopped, while the deal is in the entry that it was in; how many steps."""
    epochs = statements.lock_all([deal_id])
    back = [
        Token(**row) for row in stopped if row["deal_id"] == deal_id and row["epoch"] == epochs.get(deal_id)
    ]
    running = set(
        Definition.objects.filter(pk__in={one.definition_id for one in back})
        .exclude(state=Definition.State.STOPPED)
        .values_list("pk", flat=True)
    )
    back = [one for one in back if one.definition_id in running]
    if back:
        Token.objects.bulk_create(back, ignore_conflicts=True)
        _tell("automation.continued", deal_id, by, {"count": len(back)})
    return len(back)


@transaction.atomic
def restart_rules(*, deal_id: int, by: Actor) -> None:
    """End what waits, and let the rules of the stage begin anew, as if the deal entered it now (S-CANCEL)."""
    deals.restart_stage(deal_id=deal_id, by=by)


def _taken(deal_id: int, token_id: int) -> tuple[Taken, Graph]:
    """A step in hand, its deal locked first, and the rules that it is of. Raises StepGoneError."""
    epochs = statements.lock_all([deal_id])
    ids = Token.objects.filter(pk=token_id, deal_id=deal_id, epoch=epochs.get(deal_id, -1), state__in=STEERED)
    columns = ids.exclude(rule="").values("pk", *[name for name in COLUMNS if name != "shard"]).first()
    if columns is None:
        raise StepGoneError
    token = statements.Taken(id=columns.pop("pk"), **columns)
    version = Version.objects.filter(
        definition_id=token.definition_id,
        number=token.version,
        definition__state=Definition.State.ACTIVE,
    ).first()
    if version is None:
        raise StepGoneError
    return token, compile_rules(read_rules(version.rules, outside=outside()))


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A token as a session keeps it."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def _tell(kind: str, deal_id: int, by: Actor, data: Mapping[str, Any]) -> None:
    timeline.record([NewEvent(kind, by, deal_id=deal_id, data=data)])
    transaction.on_commit(partial(live.wake, live.AUTOMATION, current_workspace_id()))
