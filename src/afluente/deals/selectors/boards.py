"""A pipeline as columns of cards, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum

from afluente.deals import policies
from afluente.deals.models import LostReason, Stage
from afluente.deals.selectors.cards import FIELDS, Card, dress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet, Pipeline
    from afluente.deals.selectors.cards import Person
    from afluente.deals.selectors.filtering import BoardFilter

FIRST = 20  # cards of each column on the first screen
PAGE = 40  # cards fetched as a column is scrolled
DEPTHS = 6


@dataclass(frozen=True, kw_only=True)
class Column:
    """One stage: `depth` is its colour class (`1` … `6`, `won`, `lost`), `sums` are by currency."""

    stage: Stage
    depth: str
    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)
    more: str = ""
    chance: int = 0  # per cent

    @property
    def weighted(self) -> dict[str, Decimal]:
        """What of the sums is to be expected: weighted with the chance of winning from here."""
        return {currency: amount * self.chance / 100 for currency, amount in self.sums.items()}

    @property
    def is_empty(self) -> bool:
        return self.count == 0


@dataclass(frozen=True, kw_only=True)
class Board:
    """The open columns of a pipeline, and the two ways out of it."""

    pipeline: Pipeline
    columns: list[Column]
    won: Stage
    lost: Stage
    reasons: Sequence[str] = ()  # for losing

    @property
    def count(self) -> int:
        return sum(column.count for column in self.columns)

    @property
    def sums(self) -> dict[str, Decimal]:
        return added(column.sums for column in self.columns)

    @property
    def weighted(self) -> dict[str, Decimal]:
        return added(column.weighted for column in self.columns)


@dataclass(frozen=True, kw_only=True)
class ColumnPage:
    """Some cards of one column; `more` is where the next ones begin, '' at the end."""

    column: Column
    cards: list[Card]
    more: str


def depth(number: int, of: int) -> int:
    """The step of the ramp for open stage `number` (from 0) of `of`: 1 first, 6 last."""
    return 1 if of <= 1 else round(1 + number * (DEPTHS - 1) / (of - 1))


def column_heads(
    *, pipeline: Pipeline, member: Membership, asked: BoardFilter, closed: bool = False
) -> list[Column]:
    """The columns without their cards: one query for all counts and sums, one for the stages unless
    `pipeline` comes from `move_targets`, which has them at hand. `closed`: won and lost too, without
    count and sums, because years of deals may lie there (`stage_total`).
    """
    lasting = [stage for stage in pipeline.stages.all() if stage.ends_into is None]
    stages = sorted(lasting, key=lambda stage: (stage.position, stage.pk))
    opened = [stage for stage in stages if stage.kind == Stage.Kind.OPEN]
    shown = stages if closed else opened
    seen = asked.apply(policies.visible_to(member), member=member)
    # Being open says nothing new, but leads to the index that holds the sums.
    totals = _totals(seen.filter(stage__in=opened, closed_at=None))
    return [
        Column(
            stage=stage,
            depth=depth_of(stage, opened),
            count=totals[stage.pk][0],
            sums=totals[stage.pk][1],
            chance=chance_of(stage, opened),
        )
        for stage in shown
    ]


def stage_total(*, stage: Stage, member: Membership, asked: BoardFilter) -> tuple[int, dict[str, Decimal]]:
    """How many deals of a stage `member` sees, and their sums by currency: asked for once a page is there."""
    found = _totals(asked.apply(policies.visible_to(member), member=member).filter(stage=stage))
    return found[stage.pk]


def depth_of(stage: Stage, opened: Sequence[Stage]) -> str:
    """The colour class of a stage without its `st-`; `opened` are the open stages in order."""
    if stage.kind != Stage.Kind.OPEN:
        return str(stage.kind)
    return str(stage.color or depth(opened.index(stage), len(opened)))


def chance_of(stage: Stage, opened: Sequence[Stage]) -> int:
    """The chance of winning from a stage, in per cent: as it says, else by its place among the open ones."""
    if stage.kind != Stage.Kind.OPEN:
        return 100 if stage.kind == Stage.Kind.WON else 0
    if stage.probability is not None:
        return stage.probability
    return round(100 * (opened.index(stage) + 1) / (len(opened) + 1))


def _totals(deals: DealQuerySet) -> dict[int, tuple[int, dict[str, Decimal]]]:
    """Count and sums by currency of each stage, in one statement."""
    found: dict[int, tuple[int, dict[str, Decimal]]] = defaultdict(lambda: (0, {}))
    rows = deals.values_list("stage_id", "currency").annotate(n=Count("*"), total=Sum("amount"))
    for stage_id, currency, count, total in rows.order_by("stage_id", "-n"):
        before, sums = found[stage_id]
        found[stage_id] = before + count, ({**sums, currency: total} if total else sums)
    return found


def added(many: Iterable[dict[str, Decimal]]) -> dict[str, Decimal]:
    """Sums by currency, each currency for itself."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for sums in many:
        for currency, amount in sums.items():
            total[currency] += amount
    return dict(total)


def board(
    *,
    pipeline: Pipeline,
    member: Membership,
    asked: BoardFilter,
    faces: Mapping[int, Person] | None = None,
) -> Board:
    """The first screen: at most five queries however many columns and cards there are."""
    heads = column_heads(pipeline=pipeline, member=member, asked=asked, closed=True)
    columns = [head for head in heads if head.stage.kind == Stage.Kind.OPEN]
    deals = asked.apply(policies.visible_to(member), member=member)
    by_stage: dict[int, list[Card]] = defaultdict(list)
    for card in dress(
        _tops(deals, columns), member=member, stale=_limits(columns), faces=faces, pipeline_id=pipeline.pk
    ):
        by_stage[card.stage_id].append(card)
    return Board(
        pipeline=pipeline,
        columns=[_filled(column, by_stage[column.stage.pk], FIRST) for column in columns],
        won=next(head.stage for head in heads if head.stage.kind == Stage.Kind.WON),
        lost=next(head.stage for head in heads if head.stage.kind == Stage.Kind.LOST),
        reasons=[one.name for one in LostReason.objects.filter(archived_at=None).order_by("position", "pk")],
    )


def _tops(deals: DealQuerySet, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """The first cards of every column: one statement, each part of it read off the column's index."""
    parts = [
        deals.filter(stage_id=column.stage.pk).order_by("position", "id").values(*FIELDS)[: FIRST + 1]
        for column in columns
    ]
    if not parts:
        return []
    rows = list(parts[0].union(*parts[1:], all=True)) if len(parts) > 1 else list(parts[0])
    return sorted(rows, key=lambda row: (row["stage_id"], row["position"], row["id"]))


def _limits(columns: Sequence[Column]) -> dict[int, int | None]:
    return {column.stage.pk: column.stage.stale_after_days for column in columns}


def _filled(column: Column, cards: list[Card], limit: int) -> Column:
    return Column(
        stage=column.stage,
        depth=column.depth,
        count=column.count,
        sums=column.sums,
        chance=column.chance,
        cards=cards[:limit],
        more=_key(cards[limit - 1]) if len(cards) > limit else "",
    )


def _key(card: Card) -> str:
    return f"{card.place}:{card.id}"


def column_page(
    *, column: Column, member: Membership, asked: BoardFilter, after: str = "", limit: int = PAGE
) -> ColumnPage:
    """The cards of a column below `after` (`<position>:<id>`); ValueError when that is no such key."""
    deals = asked.apply(policies.visible_to(member), member=member).filter(stage_id=column.stage.pk)
    if after:
        place, _, number = after.partition(":")
        position, deal_id = _decimal(place), int(number)
        # The first condition is the one the index reads from; the second breaks ties.
        deals = deals.filter(position__gte=position).exclude(Q(position=position, pk__lte=deal_id))
    rows = list(deals.order_by("position", "id").values(*FIELDS)[: limit + 1])
    found = dress(rows[:limit], member=member, stale=_limits([column]), pipeline_id=column.stage.pipeline_id)
    return ColumnPage(column=column, cards=found, more=_key(found[-1]) if len(rows) > limit else "")


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def cards(
    *,
    pipeline: Pipeline,
    columns: Sequence[Column],
    member: Membership,
    asked: BoardFilter,
    ids: Sequence[int],
) -> list[Card]:
    """Those of the deals `ids` that belong on this board now, in the order of their columns."""
    deals = asked.apply(policies.visible_to(member), member=member)
    shown = deals.filter(pk__in=ids, stage_id__in=[column.stage.pk for column in columns])
    rows = shown.filter(pipeline=pipeline).order_by("position", "id").values(*FIELDS)
    return dress(rows, member=member, stale=_limits(columns), pipeline_id=pipeline.pk)
