"""The rules of a pipeline as the designer shows them: one column for each stage, in words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F

from afluente.automation.engine.written import BadRuleError, read_rules
from afluente.automation.models import Definition, Token, Trigger, Version
from afluente.automation.selectors.deeds import what_of
from afluente.automation.selectors.naming import Names, names_now
from afluente.automation.selectors.publications import fresh_rules
from afluente.automation.selectors.signs import icon_of
from afluente.automation.selectors.trigger_kinds import trigger_kinds
from afluente.automation.selectors.triggers import triggers_of
from afluente.automation.selectors.words import ifs_of, trigger_hint, when_of
from afluente.deals.models import Deal, Stage
from afluente.deals.selectors.boards import depth_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from django.utils.safestring import SafeString
    from django_stubs_ext import StrOrPromise

    from afluente.deals.models import Pipeline

Kept = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class RuleCard:
    """A rule. `mark`: new, edit, gone or off; '' when it runs as it stands here. `clock`: now, timed or chain."""

    id: str
    title: str
    what: SafeString
    when: str
    ifs: str
    icon: str
    clock: str
    mark: str
    waiting: int
    is_first: bool = False
    is_last: bool = False

    @property
    def follows(self) -> bool:
        return self.clock == "chain"


@dataclass(frozen=True, kw_only=True)
class TriggerCard:
    """A trigger: what it waits for, in words."""

    id: int
    what: StrOrPromise
    hint: str
    ifs: str
    is_on: bool


@dataclass(frozen=True, kw_only=True)
class RuleColumn:
    """A stage with what moves deals into it and what follows."""

    stage: Stage
    depth: str
    triggers: list[TriggerCard]
    cards: list[RuleCard]
    state: str

    @property
    def count(self) -> int:
        return sum(card.mark not in {"gone", "off"} for card in self.cards)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What was arranged and does not run yet, of a whole pipeline."""

    new: int = 0
    edited: int = 0
    removed: int = 0
    other: int = 0  # only their order, or stages that are to run again
    waiting: int = 0
    present: int = 0

    @property
    def count(self) -> int:
        return self.new + self.edited + self.removed + self.other


@dataclass(frozen=True, kw_only=True)
class Design:
    """A pipeline's automation. `live_since` is when something of it was published last."""

    columns: list[RuleColumn]
    difference: Difference
    live_since: dt.datetime | None
    paused: int
    running: int


def design_of(pipeline: Pipeline, names: Names | None = None) -> Design:
    """Everything the designer shows: some ten queries, however many rules there are."""
    names = names or names_now()
    stages = list(pipeline.stages.filter(ends_into=None).order_by("position", "pk"))
    opened = [stage for stage in stages if stage.kind == Stage.Kind.OPEN]
    drafts = {one.stage_id: one for one in Definition.objects.filter(stage__in=stages)}
    running, since = _running(list(drafts.values()))
    waiting = _waiting(list(drafts.values()))
    triggers: dict[int, list[TriggerCard]] = defaultdict(list)
    for one in triggers_of([stage.pk for stage in stages]):
        triggers[one.stage_id].append(_trigger(one, names))
    columns = [
        RuleColumn(
            stage=stage,
            depth=depth_of(stage, opened),
            triggers=triggers[stage.pk],
            cards=_cards(drafts.get(stage.pk), running, waiting, names),
            state=drafts[stage.pk].state if stage.pk in drafts else Definition.State.DRAFT,
        )
        for stage in stages
    ]
    states = [one.state for one in drafts.values() if one.version]
    return Design(
        columns=columns,
        difference=_difference(list(drafts.values()), running, waiting),
        live_since=since,
        paused=states.count(Definition.State.PAUSED),
        running=states.count(Definition.State.ACTIVE),
    )


def arranged(stage_id: int) -> list[Kept]:
    """The rules of a stage as they are arranged."""
    found = Definition.objects.filter(stage_id=stage_id).values_list("draft", flat=True).first()
    return list(found or [])


def is_changed(definition: Definition, running: Sequence[Kept]) -> bool:
    """Whether what is arranged is not what runs."""
    return list(definition.draft) != list(running)


def running_rules(definitions: Sequence[Definition]) -> dict[int, list[Kept]]:
    """The rules that run, by definition."""
    return _running(definitions)[0]


def _running(definitions: Sequence[Definition]) -> tuple[dict[int, list[Kept]], dt.datetime | None]:
    rows = Version.objects.filter(
        definition__in=[one.pk for one in definitions], number=F("definition__version")
    ).values_list("definition_id", "rules", "published_at")
    found = list(rows)
    return {pk: rules for pk, rules, _at in found}, max((at for *_rest, at in found), default=None)


def _waiting(definitions: Sequence[Definition]) -> dict[tuple[int, str], int]:
    rows = (
        Token.objects.filter(definition__in=[one.pk for one in definitions])
        .order_by()
        .values_list("definition_id", "rule")
        .annotate(n=Count("pk"))
    )
    return {(pk, rule): n for pk, rule, n in rows}


def _trigger(one: Trigger, names: Names) -> TriggerCard:
    kind = trigger_kinds().get(one.kind)
    return TriggerCard(
        id=one.pk,
        what=one.title or (kind.label if kind else one.kind),
        hint=trigger_hint(one.kind, one.params, names),
        ifs=ifs_of({"where": one.where, "match": one.match}, names),
        is_on=one.is_on,
    )


def _cards(
    definition: Definition | None,
    running: Mapping[int, list[Kept]],
    waiting: Mapping[tuple[int, str], int],
    names: Names,
) -> list[RuleCard]:
    """The rules as they are arranged, with those that still run and were taken out at the end."""
    if definition is None:
        return []
    before = {one["id"]: one for one in running.get(definition.pk, [])}
    kept = {one["id"] for one in definition.draft}
    gone = [one for name, one in before.items() if name not in kept]
    last = len(definition.draft) - 1
    cards = []
    for number, rule in enumerate([*definition.draft, *gone]):
        place = {"is_first": number == 0, "is_last": number == last}
        mark = "gone" if number > last else _mark(rule, before.get(rule["id"]))
        n = waiting.get((definition.pk, rule["id"]), 0)
        cards.append(card_of(rule, names, mark=mark, waiting=n, follows=number > 0, **place))
    return cards


def card_of(
    rule: Kept, names: Names, *, mark: str = "", waiting: int = 0, follows: bool = True, **place: bool
) -> RuleCard:
    """A rule in words."""
    when = rule.get("when") or {}
    is_timed = bool(when.get("amount") or when.get("anchor") == "field" or when.get("at"))
    is_chain = bool(rule.get("follows")) and follows
    return RuleCard(
        id=rule["id"],
        title=rule.get("title", ""),
        what=what_of(rule["action"], rule.get("params") or {}, names),
        when=when_of(rule, names),
        ifs=ifs_of(rule, names),
        icon=icon_of(rule["action"]),
        clock="chain"
        if is_chain
        else "date"
        if when.get("anchor") == "field"
        else "timed"
        if is_timed
        else "now",
        mark=mark,
        waiting=waiting,
        **place,
    )


def _mark(rule: Kept, before: Kept | None) -> str:
    if not rule.get("is_on", True):
        return "off"
    if before is None:
        return "new"
    return "" if before == rule else "edit"


def _difference(
    definitions: Sequence[Definition],
    running: Mapping[int, list[Kept]],
    waiting: Mapping[tuple[int, str], int],
) -> Difference:
    """Counted over the stages where something was arranged that does not run."""
    changed = [one for one in definitions if is_changed(one, running.get(one.pk, []))]
    new = edited = removed = other = 0
    fresh: list[int] = []
    for one in changed:
        before = {rule["id"]: rule for rule in running.get(one.pk, [])}
        after = {rule["id"]: rule for rule in one.draft}
        counts = (
            len(after.keys() - before.keys()),
            sum(before[name] != after[name] for name in after.keys() & before.keys()),
            len(before.keys() - after.keys()),
        )
        new, edited, removed = new + counts[0], edited + counts[1], removed + counts[2]
        other += not any(counts)
        if _begins(one.draft, list(before.values())):
            fresh.append(one.place)
    ids = {one.pk for one in changed}
    return Difference(
        new=new,
        edited=edited,
        removed=removed,
        other=other,
        waiting=sum(n for (pk, _rule), n in waiting.items() if pk in ids),
        present=Deal.objects.present().filter(stage_id__in=fresh).count() if fresh else 0,
    )


def _begins(after: Sequence[Kept], before: Sequence[Kept]) -> bool:
    try:
        return bool(fresh_rules(read_rules(after), read_rules(before)))
    except BadRuleError:
        return False
