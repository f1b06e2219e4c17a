"""The open deals of a pipeline as a list: chosen columns, any order, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from afluente.contacts.models import SavedFilter
from afluente.contacts.selectors import Chosen, chosen_columns, offered_columns, view_of
from afluente.contacts.selectors.chosen import Head
from afluente.deals import policies
from afluente.deals.selectors.batch import MORE, ListRow
from afluente.deals.selectors.boards import depth_of
from afluente.deals.selectors.cards import FIELDS, dress
from afluente.deals.selectors.columns import deal_batch, deal_columns
from afluente.deals.selectors.orders import (
    CLOSED,
    FILLED,
    NEWEST,
    is_descending,
    key_of,
    opposite_of,
    order_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet, Pipeline, Stage
    from afluente.deals.selectors.filtering import BoardFilter

PAGE = 50
DEAL = SavedFilter.Entity.DEAL


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Some deals of a pipeline; `after` is where the next ones begin, '' at the end."""

    rows: list[ListRow]
    columns: Sequence[Chosen]
    order: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Around:
    """The deals before and after one in a list."""

    previous: int | None
    following: int | None
    inside: str


def open_deals_of(
    *, pipeline: Pipeline, member: Membership, asked: BoardFilter, kind: str = "open"
) -> DealQuerySet:
    """What the list stands over. Its open stages are asked for, or its won or lost one: those an index finds."""
    stages = [stage.pk for stage in pipeline.stages.all() if stage.kind == kind]
    found = asked.apply(policies.visible_to(member), member=member)
    return found.filter(stage_id__in=stages, closed_at__isnull=kind == "open")


def list_page(
    *,
    pipeline: Pipeline,
    member: Membership,
    asked: BoardFilter,
    order: str = NEWEST,
    after: str = "",
    size: int | None = None,
    kind: str = "open",
) -> ListPage:
    """Open deals of `pipeline` (or `kind` won or lost, whose years of deals are sorted by FILLED alone) in an order:
    as many queries for one as for thousands. ValueError for no key.
    """
    size = size or PAGE
    if kind != "open" and order.removeprefix("-") not in FILLED:
        order = CLOSED
    chosen = order_of(order, member)
    deals = open_deals_of(pipeline=pipeline, member=member, asked=asked, kind=kind)
    found = chosen.after(deals, int(after)) if after else chosen.sorted(deals)
    rows = list(found.values(*FIELDS, *MORE)[: size + 1])
    columns = list_columns(pipeline=pipeline, member=member, asked=asked)
    if kind != "open":
        columns = _of_closed(columns, is_lost=kind == "lost")
    shown = list_rows(rows[:size], member=member, stages=pipeline.stages.all())
    batch = deal_batch(shown, columns=[one.column for one in columns], member=member)
    return ListPage(
        rows=[replace(row, cells=[(one, one.column.read(batch, row)) for one in columns]) for row in shown],
        columns=columns,
        order=key_of(order),
        after=str(rows[size - 1]["id"]) if len(rows) > size else "",
    )


def _of_closed(columns: Sequence[Chosen], *, is_lost: bool) -> list[Chosen]:
    """When they were closed, and why, after the name; what says how an open deal fares is left out."""
    known = deal_columns()
    wanted = ["closed", *(["lost_reason"] if is_lost else [])]
    kept = [one for one in columns if one.column.key not in {*wanted, "waiting", "next", "due", "stage"}]
    return [*kept[:1], *(Chosen(column=known[key]) for key in wanted), *kept[1:]]


def list_rows(
    rows: Iterable[Mapping[str, Any]], *, member: Membership, stages: Iterable[Stage]
) -> list[ListRow]:
    """Rows of FIELDS and MORE as a list reads them. `stages` are all that these deals may be in."""
    rows, known = list(rows), {stage.pk: stage for stage in stages}
    cards = dress(rows, member=member, stale={pk: one.stale_after_days for pk, one in known.items()})
    opened: dict[int, list[Stage]] = {}
    for stage in sorted(known.values(), key=lambda one: (one.position, one.pk)):
        if stage.kind == "open":
            opened.setdefault(stage.pipeline_id, []).append(stage)
    return [
        ListRow(
            card=card,
            stage=known[card.stage_id],
            depth=depth_of(known[card.stage_id], opened.get(known[card.stage_id].pipeline_id, ())),
            more={name: row[name] for name in MORE},
        )
        for card, row in zip(cards, rows, strict=True)
    ]


def view_for(*, member: Membership, asked: BoardFilter) -> SavedFilter | None:
    """The kept filter that a list of deals shows."""
    return view_of(member=member, query=asked.query(), entity=DEAL)


def list_columns(*, pipeline: Pipeline, member: Membership, asked: BoardFilter) -> list[Chosen]:
    """The columns that `member` sees in this list: of their choice those that this pipeline has."""
    known = deal_columns(pipeline.pk)
    chosen = chosen_columns(member=member, view=view_for(member=member, asked=asked), entity=DEAL)
    return [one for one in chosen if one.column.key in known]


def columns_on_offer(*, pipeline: Pipeline, member: Membership, asked: BoardFilter) -> list[Chosen]:
    """All columns that this pipeline has: those shown in their order, then the others."""
    known = deal_columns(pipeline.pk)
    offered = offered_columns(member=member, view=view_for(member=member, asked=asked), entity=DEAL)
    return [one for one in offered if one.column.key in known]


def list_heads(page: ListPage, here: str, *, is_closed: bool = False) -> list[Head]:
    """The heads of a page: `here` is the address of the list without its order. Closed deals have few orders."""
    return [
        _head(one, page.order, here) if not is_closed or one.column.sort in FILLED else Head(chosen=one)
        for one in page.columns
    ]


def _head(one: Chosen, order: str, here: str) -> Head:
    own = one.column.sort
    if not own:
        return Head(chosen=one)
    if order.removeprefix("-") != own:
        return Head(chosen=one, url=f"{here}&sort={own}")
    is_down = is_descending(order)
    return Head(
        chosen=one,
        url=f"{here}&sort={opposite_of(order)}",
        aria="descending" if is_down else "ascending",
        sign="arrow-down" if is_down else "arrow-up",
    )


def around(*, pipeline: Pipeline, member: Membership, asked: BoardFilter, order: str, deal_id: int) -> Around:
    """What stands before and after a deal in a list: two queries."""
    chosen = order_of(order, member)
    deals = open_deals_of(pipeline=pipeline, member=member, asked=asked)
    return Around(
        previous=chosen.before(deals, deal_id).values_list("pk", flat=True).first(),
        following=chosen.after(deals, deal_id).values_list("pk", flat=True).first(),
        inside=inside(asked, order),
    )


def inside(asked: BoardFilter, order: str) -> str:
    """What an address of a deal says of the list it was opened from."""
    query = asked.query(status="list", sort="" if key_of(order) == NEWEST else key_of(order))
    return "?" + urlencode({"in": query.lstrip("?")})
