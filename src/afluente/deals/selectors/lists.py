"""The deals of a pipeline as a list: columns, orders, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies as contact_policies
from afluente.contacts.selectors import fields_for, held_values, show
from afluente.deals import policies
from afluente.deals.models import Deal
from afluente.deals.selectors.boards import depth_of
from afluente.deals.selectors.cards import FIELDS, Card, dress

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import KnownField
    from afluente.deals.models import DealQuerySet, Pipeline, Stage
    from afluente.deals.selectors.filtering import BoardFilter

PAGE = 50
NEWEST = "newest"


@dataclass(frozen=True)
class Order:
    """One way to sort: by a column, down or up; what has nothing in it comes last."""

    column: str
    is_down: bool
    label: StrOrPromise

    @property
    def by(self) -> list[Any]:
        column = F(self.column)
        first = column.desc(nulls_last=True) if self.is_down else column.asc(nulls_last=True)
        return [first, "-pk" if self.is_down else "pk"]


ORDERS: dict[str, Order] = {
    NEWEST: Order("created_at", True, _("Opened")),
    "amount": Order("amount", True, _("Value")),
    "due": Order("due_at", False, _("Due date")),
    "name": Order("search_name", False, _("Name")),
    "waiting": Order("stage_entered_at", False, _("In its stage since")),
}


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """A deal in the list: its card, its stage with its colour, its company if the member may open it, and
    its fields in the order of the heads.
    """

    card: Card
    stage: Stage
    depth: str
    company: str
    values: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Some deals of a pipeline; `after` is where the next ones begin, '' at the end."""

    rows: list[ListRow]
    fields: Sequence[KnownField]
    order: str
    after: str


def list_page(
    *, pipeline: Pipeline, member: Membership, asked: BoardFilter, order: str = NEWEST, after: str = ""
) -> ListPage:
    """Open deals of `pipeline` in one of ORDERS: a constant number of queries. ValueError for no such key."""
    chosen = ORDERS.get(order) or ORDERS[NEWEST]
    deals = asked.apply(policies.visible_to(member), member=member).filter(pipeline=pipeline, closed_at=None)
    found = list(_beyond(deals, chosen, after).order_by(*chosen.by).values(*FIELDS, "company_id")[: PAGE + 1])
    rows = found[:PAGE]
    stages = {stage.pk: stage for stage in pipeline.stages.all()}
    stale = {pk: stage.stale_after_days for pk, stage in stages.items()}
    cards = dress(rows, member=member, stale=stale)
    fields = [one for one in fields_for("deal", pipeline.pk) if one.is_active and one.is_on_card]
    held = held_values("deal", [card.id for card in cards], [one.id for one in fields])
    companies = _companies({row["company_id"] for row in rows} - {None}, member)
    opened = sorted(
        (stage for stage in stages.values() if stage.kind == "open"), key=lambda one: (one.position, one.pk)
    )
    shown = [
        ListRow(
            card=card,
            stage=stages[card.stage_id],
            depth=depth_of(stages[card.stage_id], opened),
            company=companies.get(row["company_id"], ""),
            values=[show(one, held.get(card.id, {}).get(one.id)) for one in fields],
        )
        for card, row in zip(cards, rows, strict=True)
    ]
    more = len(found) > PAGE
    name = order if order in ORDERS else NEWEST
    return ListPage(rows=shown, fields=fields, order=name, after=str(rows[-1]["id"]) if more else "")


def _companies(ids: set[int], member: Membership) -> Mapping[int, str]:
    if not ids:
        return {}
    seen = contact_policies.companies_visible_to(member).filter(pk__in=ids)
    return dict(seen.values_list("pk", "name"))


def _beyond(deals: DealQuerySet, order: Order, after: str) -> DealQuerySet:
    """What comes after the deal numbered `after` in this order; what it is sorted by is looked up anew."""
    if not after:
        return deals
    number = int(after)
    last: dt.datetime | Decimal | str | None = (
        Deal.objects.filter(pk=number).values_list(order.column, flat=True).first()
    )
    ties = Q(pk__lt=number) if order.is_down else Q(pk__gt=number)
    if last is None:
        return deals.filter(ties, **{f"{order.column}__isnull": True})
    beyond = "lt" if order.is_down else "gt"
    further = Q(**{f"{order.column}__{beyond}": last}) | Q(ties, **{order.column: last})
    return deals.filter(further | Q(**{f"{order.column}__isnull": True}))
