"""Why each rule did or did not run for a deal (S-EXPLAIN): an answer for every rule of every entry."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.models import Definition, Frozen, Step, Token, Version
from afluente.automation.selectors.showing import REASONS, STATES, action_labels
from afluente.deals.models import Deal, Stage
from afluente.timeline.models import Event

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

ENTRIES = 20  # of a deal that are looked back on
ENTERING = ["deal.opened", "deal.moved", "deal.restarted"]
WAITS: dict[str, StrOrPromise] = {
    "scheduled": _("its time has not come"),
    "parked": _("the date that it counts from is empty, or it was done for that date"),
    "gated": _("nobody works now; it waits for the next opening"),
    "held": _("the rules are paused"),
    "awaiting": _("it was handed over, and the answer is awaited"),
    "retry": _("it did not work yet and is tried again"),
}
WHY: dict[str, StrOrPromise] = {
    "applied": _("it was due, and its condition was met"),
    "awaiting": _("it was handed over, and the answer is awaited"),
    "off": _("the rule is switched off"),
    "later": _("the rule was published after the deal had entered"),
    "draft": _("the rule is not published"),
    "soon": _("the rules are about to be looked at"),
    "before": _("it waits for the rule before it"),
    "stopped": _("the rules of the stage are stopped"),
    "frozen": _("rules moved the deal too often, and it stands still"),
    "never": _("the deal was never in that stage"),
    "gone": _("nothing is kept of it: its log was removed, or the deal came in without rules"),
}


@dataclass(frozen=True, kw_only=True)
class Explained:
    """One rule and one entry (None: the deal was never in that stage). `state` is one of S-STATE, or empty when
    the rule did not start; `why` is never empty. `asked` is what its condition compared, `kept` the rule as it
    was written, `by` who let the deal in, `until` when it left; `token` names the step that waits.
    """

    stage_id: int
    stage: str
    entry: int | None
    entered_at: dt.datetime | None
    rule: str
    title: StrOrPromise
    state: str
    label: StrOrPromise
    reason: str
    why: StrOrPromise
    detail: str
    at: dt.datetime | None
    asked: Sequence[Any]
    version: int | None
    is_waiting: bool
    kept: Mapping[str, Any]
    by: str
    until: dt.datetime | None
    token: int | None
    late_by: int


@dataclass(frozen=True)
class _Entry:
    stage_id: int
    number: int
    at: dt.datetime
    is_present: bool
    by: str = ""
    until: dt.datetime | None = None


@dataclass(frozen=True)
class _Known:
    """What is known of a deal and of the rules of the stages that it may be in."""

    steps: Mapping[tuple[int, int, str], Step]
    tokens: Mapping[tuple[int, int, str], Token]
    versions: Mapping[int, Sequence[Version]]
    definitions: Mapping[int, Definition]
    is_frozen: bool


def explain(deal: Deal) -> list[Explained]:
    """Every rule of every stage that the deal is or was in, and of the others of its pipeline, and why it did or
    did not run: the present entry first, then the earlier ones; at most ENTRIES. Seven queries.
    """
    entries = _entries(deal)
    stages = {one.pk: one for one in Stage.objects.filter(pipeline_id=deal.pipeline_id).order_by("position")}
    missing = {one.stage_id for one in entries} - stages.keys()
    stages |= {one.pk: one for one in Stage.objects.filter(pk__in=missing)} if missing else {}
    stages |= {
        number: Stage(pk=number, name=gettext("A deleted stage")) for number in missing - stages.keys()
    }
    known = _known(deal, list(stages))
    found: list[Explained] = []
    for entry in entries:
        if entry.stage_id in known.definitions:
            found += _of_entry(entry, stages[entry.stage_id], known)
    entered = {one.stage_id for one in entries}
    for stage in stages.values():
        definition = known.definitions.get(stage.pk)
        if definition and stage.pk not in entered:
            for rule in _latest(known.versions[definition.pk]):
                found.append(_said(rule, stage, None, "", reason="never"))
    return found


def _entries(deal: Deal) -> list[_Entry]:
    rows = (
        Event.objects.filter(deal_id=deal.pk, kind__in=ENTERING)
        .order_by("-pk")
        .values_list("kind", "at", "data", "actor_name")[:ENTRIES]
    )
    found: list[_Entry] = []
    until = None
    who = ""
    for kind, at, data, by in rows:
        number = 1 if kind == "deal.opened" else data.get("epoch", 0)
        stage = data.get("to") if kind == "deal.moved" else data.get("stage")
        if number == deal.stage_epoch:
            until, who = at, by
        elif stage and number < deal.stage_epoch:
            found.append(_Entry(stage, number, at, False, by, until or deal.stage_entered_at))
            until = at
    present = _Entry(deal.stage_id, deal.stage_epoch, deal.stage_entered_at, True, who)
    return [present, *found]


def _known(deal: Deal, stage_ids: Sequence[int]) -> _Known:
    definitions = {one.place: one for one in Definition.objects.filter(place__in=stage_ids)}
    versions: dict[int, list[Version]] = defaultdict(list)
    for one in Version.objects.filter(definition__stage_id__in=stage_ids).order_by("number"):
        versions[one.definition_id].append(one)
    steps: dict[tuple[int, int, str], Step] = {}
    for step in Step.objects.filter(deal_id=deal.pk).order_by("-pk")[:1000]:
        steps.setdefault((step.definition_id, step.epoch, step.rule), step)
    tokens = {(one.definition_id, one.epoch, one.rule): one for one in Token.objects.filter(deal_id=deal.pk)}
    is_frozen = Frozen.objects.filter(deal_id=deal.pk).exists()
    return _Known(steps, tokens, versions, definitions, is_frozen)


def _latest(versions: Sequence[Version]) -> list[dict[str, Any]]:
    return list(versions[-1].rules) if versions else []


def _of_entry(entry: _Entry, stage: Stage, known: _Known) -> list[Explained]:
    definition = known.definitions[entry.stage_id]
    versions = known.versions[definition.pk]
    rules = {rule["id"]: rule for one in versions for rule in one.rules}
    wanted = {rule["id"] for rule in _latest(versions)}
    wanted |= {
        rule
        for (pk, number, rule) in {**known.steps, **known.tokens}
        if (pk, number) == (definition.pk, entry.number)
    }
    found = []
    for name, rule in rules.items():
        if name in wanted:
            found.append(_one(rule, entry, stage, known, definition))
    drafts = definition.draft if entry.is_present else ()
    fresh = [rule for rule in drafts if rule["id"] not in wanted]
    return found + [_said(rule, stage, entry, "", reason="draft") for rule in fresh]


def _one(
    rule: dict[str, Any], entry: _Entry, stage: Stage, known: _Known, definition: Definition
) -> Explained:
    key = (definition.pk, entry.number, rule["id"])
    token, step = known.tokens.get(key), known.steps.get(key)
    if token is not None:
        return _said(
            rule,
            stage,
            entry,
            token.state,
            why=WAITS.get(token.state, ""),
            at=token.due_at,
            version=token.version,
            token=token.pk,
        )
    if step is not None:
        why = REASONS.get(step.reason, step.reason) or WHY.get(step.state, step.state)
        return _said(
            rule, stage, entry, step.state, why=why, at=step.ended_at, version=step.version, step=step
        )
    return _said(rule, stage, entry, "", reason=_idle(rule, entry, known, definition))


def _idle(rule: dict[str, Any], entry: _Entry, known: _Known, definition: Definition) -> str:
    """Why a rule of the stage did not start in this entry."""
    versions = known.versions[definition.pk]
    first = next(one for one in versions if any(each["id"] == rule["id"] for each in one.rules))
    if not rule.get("is_on", True):
        return "off"
    if first.published_at > entry.at:
        return "later"
    if not entry.is_present:
        return "gone"
    waiting = [name for pk, number, name in known.tokens if (pk, number) == (definition.pk, entry.number)]
    if "" in waiting:
        return "soon"
    if definition.state == Definition.State.STOPPED:
        return "stopped"
    if rule.get("follows") and waiting:
        return "before"
    return "frozen" if known.is_frozen else "gone"


def _said(
    rule: dict[str, Any],
    stage: Stage,
    entry: _Entry | None,
    state: str,
    *,
    reason: str = "",
    why: StrOrPromise = "",
    at: dt.datetime | None = None,
    version: int | None = None,
    step: Step | None = None,
    token: int | None = None,
) -> Explained:
    return Explained(
        stage_id=stage.pk,
        stage=stage.name,
        entry=entry.number if entry else None,
        entered_at=entry.at if entry else None,
        rule=rule["id"],
        title=rule.get("title") or action_labels().get(rule["action"], rule["action"]),
        state=state,
        label=STATES[state] if state else _("Did not start"),
        reason=step.reason if step else reason,
        why=why or WHY[reason],
        detail=step.detail if step else "",
        at=at,
        asked=step.asked if step else (),
        version=version,
        is_waiting=bool(state) and step is None,
        kept=rule,
        by=entry.by if entry else "",
        until=entry.until if entry else None,
        token=token,
        late_by=step.late_by if step else 0,
    )
