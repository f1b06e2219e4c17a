"""How the rules of a pipeline ended for its deals, and which of their steps stand until somebody decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.utils.html import strip_tags
from django.utils.translation import gettext

from afluente.automation.models import Definition, Frozen, Step, Token, Version
from afluente.automation.selectors.deeds import what_of
from afluente.automation.selectors.looking_back import compared_of
from afluente.automation.selectors.naming import names_now
from afluente.automation.selectors.showing import STATES, TONES, reason_said
from afluente.automation.selectors.signs import icon_of
from afluente.deals.policies import visible_to
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet
    from django.utils.safestring import SafeString
    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.automation.selectors.looking_back import Compared
    from afluente.automation.selectors.naming import Names
    from afluente.deals.models import Deal, Pipeline

STOOD = [Step.State.FAILED, Step.State.UNKNOWN]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One end of a rule for one deal, in words. `stands`: somebody may decide about it."""

    step: Step
    title: str
    what: SafeString | str
    icon: str
    label: StrOrPromise
    tone: str
    why: StrOrPromise
    compared: Sequence[Compared]
    stands: bool

    @property
    def deal(self) -> Deal:
        return self.step.deal

    @property
    def said(self) -> str:
        """What the rule is called, without markup."""
        return _plain(self.title or self.what)


@dataclass(frozen=True, kw_only=True)
class RuleName:
    """A rule that has a name in a list: `stage` is its stage's."""

    stage_id: int
    stage: str
    rule: str
    said: str

    @property
    def key(self) -> str:
        """The rule in an address."""
        return f"{self.stage_id}.{self.rule}"

    @property
    def all(self) -> str:
        """All rules of its stage in an address."""
        return f"{self.stage_id}."


@dataclass(frozen=True, kw_only=True)
class Paused:
    """Rules of a stage that were paused because one failed too often."""

    definition_id: int
    stage_id: int | None
    stage: str
    rule: str


def standing_steps() -> QuerySet[Step]:
    """Steps that failed while their deal is where it was, or of which nobody knows how they ended; not those that
    were done anew since, or are about to be.
    """
    same = {name: OuterRef(name) for name in ("definition_id", "deal_id", "epoch", "rule")}
    newer = Step.objects.filter(**same, occurrence=OuterRef("occurrence"), pk__gt=OuterRef("pk"))
    there = Q(state=Step.State.FAILED, deal__stage_epoch=F("epoch")) | Q(state=Step.State.UNKNOWN)
    return Step.objects.filter(
        there, ~Exists(newer), ~Exists(Token.objects.filter(**same)), state__in=STOOD, deal__deleted_at=None
    )


def steps_to_decide(member: Membership, pipeline: Pipeline | None = None) -> QuerySet[Step]:
    """The standing steps of deals that `member` may see."""
    found = standing_steps().filter(deal__in=visible_to(member))
    return found.filter(definition__stage__pipeline=pipeline) if pipeline else found


def standing_deals(member: Membership, pipeline: Pipeline) -> QuerySet[Frozen]:
    """Deals that rules moved in a circle, and that stand still."""
    found = Frozen.objects.filter(deal__in=visible_to(member).filter(pipeline=pipeline))
    return found.select_related("deal").order_by("-since", "-pk")


def _broken(pipeline: Pipeline) -> QuerySet[Definition]:
    found = Definition.objects.filter(stage__pipeline=pipeline, state=Definition.State.PAUSED)
    return found.exclude(paused_because="").select_related("stage")


def count_to_decide(member: Membership, pipeline: Pipeline) -> int:
    """How much of a pipeline waits for a person: one query."""
    parts = [
        steps_to_decide(member, pipeline).order_by(),
        standing_deals(member, pipeline).order_by(),
        _broken(pipeline).order_by(),
    ]
    first, *others = [one.select_related(None).values_list("pk") for one in parts]
    return first.union(*others, all=True).count()


def paused_by_failures(pipeline: Pipeline) -> list[Paused]:
    """The stages whose rules were paused because one failed too often, with the words for that rule."""
    rows = list(_broken(pipeline).order_by("stage__position"))
    if not rows:
        return []
    names = names_now()
    kept = {(one.pk, rule["id"]): rule for one in rows for rule in one.draft}
    return [
        Paused(
            definition_id=one.pk,
            stage_id=one.stage_id,
            stage=one.stage.name if one.stage else "",
            rule=str(title_of(kept.get((one.pk, one.paused_because.partition(":")[0])), names)),
        )
        for one in rows
    ]


def runs_of(
    member: Membership,
    pipeline: Pipeline,
    *,
    stage_id: int | None = None,
    rule: str = "",
    days: int = 30,
) -> QuerySet[Step]:
    """How rules ended in the last `days` for deals that `member` may see; of one stage or one rule of it."""
    definitions = Definition.objects.filter(stage__pipeline=pipeline)
    if stage_id is not None:
        definitions = definitions.filter(stage=stage_id)
    found = Step.objects.filter(
        definition__in=list(definitions.values_list("pk", flat=True)),
        ended_at__gte=clock.now() - dt.timedelta(days=days),
        deal__in=visible_to(member),
    )
    return found.filter(rule=rule) if rule else found


def counted_states(rows: QuerySet[Step]) -> dict[str, int]:
    """How many of these ended how."""
    return dict(rows.order_by().values_list("state").annotate(Count("pk")))


def counted_failures(rows: QuerySet[Step]) -> list[tuple[StrOrPromise, int]]:
    """Why those of them failed that did, the usual reason first."""
    found = rows.filter(state=Step.State.FAILED).order_by().values_list("reason").annotate(n=Count("pk"))
    return [(reason_said(reason), n) for reason, n in found.order_by("-n", "reason")]


def waiting_by(pipeline: Pipeline, stage_id: int | None, rule: str) -> tuple[int, dt.datetime | None]:
    """How many steps wait by the rules of a pipeline, a stage or one rule, and when the next is looked at."""
    found = Token.objects.filter(definition__stage__pipeline=pipeline)
    found = found.filter(definition__stage=stage_id) if stage_id is not None else found
    found = found.filter(rule=rule) if rule else found
    told = found.aggregate(n=Count("pk"), next=Min("due_at"))
    return told["n"], told["next"]


def shown_runs(steps: Iterable[Step]) -> list[Run]:
    """The same in words: some ten queries for any number."""
    rows = list(steps)
    if not rows:
        return []
    names = names_now()
    kept = _kept({(one.definition_id, one.version) for one in rows})
    standing = set(
        standing_steps()
        .filter(pk__in=[one.pk for one in rows if one.state in STOOD])
        .values_list("pk", flat=True)
    )
    return [_run(one, kept.get((one.definition_id, one.version, one.rule)), names, standing) for one in rows]


def _kept(versions: set[tuple[int, int]]) -> dict[tuple[int, int, str], Mapping[str, Any]]:
    rows = Version.objects.filter(
        definition__in={pk for pk, _ in versions}, number__in={number for _, number in versions}
    ).values_list("definition_id", "number", "rules")
    return {(pk, number, rule["id"]): rule for pk, number, rules in rows for rule in rules}


def _run(step: Step, rule: Mapping[str, Any] | None, names: Names, standing: set[int]) -> Run:
    return Run(
        step=step,
        title=(rule or {}).get("title", "") or "",
        what=what_of(rule["action"], rule.get("params") or {}, names) if rule else _lost(step),
        icon=icon_of(rule["action"]) if rule else "zap",
        label=STATES.get(step.state, step.state),
        tone=TONES.get(step.state, ""),
        why=reason_said(step.reason) if step.reason else "",
        compared=[compared_of(*asked, names=names) for asked in step.asked],
        stands=step.pk in standing,
    )


def _lost(step: Step) -> str:
    """What ended that is no rule which is still known: without a name, the entry before any rule was looked at."""
    return step.rule or gettext("All rules of the stage, before the first began")


def title_of(rule: Mapping[str, Any] | None, names: Names) -> SafeString | str:
    """What people call a rule: its own name, or what it does."""
    if rule is None:
        return ""
    return rule.get("title") or what_of(rule["action"], rule.get("params") or {}, names)


def rules_to_choose(pipeline: Pipeline) -> list[RuleName]:
    """Every rule of a pipeline as it is arranged, and those that only run still, to choose one."""
    names = names_now()
    rows = list(
        Definition.objects.filter(stage__pipeline=pipeline)
        .select_related("stage")
        .order_by("stage__position", "stage_id")
    )
    running = _kept({(one.pk, one.version) for one in rows if one.version})
    found = []
    for one in rows:
        kept = {rule["id"]: rule for rule in one.draft}
        old = {
            name: rule
            for (pk, number, name), rule in running.items()
            if (pk, number) == (one.pk, one.version)
        }
        for name, rule in (kept | {k: v for k, v in old.items() if k not in kept}).items():
            said = _plain(title_of(rule, names))
            found.append(
                RuleName(stage_id=one.place, stage=one.stage.name if one.stage else "", rule=name, said=said)
            )
    return found


def _plain(words: SafeString | str) -> str:
    return unescape(strip_tags(words))
