"""What a person wants to know first: the figures, what is new, what is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from afluente.contacts import policies as contact_policies
from afluente.contacts.selectors import Filter as ContactFilter
from afluente.contacts.selectors import contact_page
from afluente.deals import policies as deal_policies
from afluente.deals.models import Stage
from afluente.deals.selectors.cards import FIELDS, dress
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import Row
    from afluente.deals.models import DealQuerySet
    from afluente.deals.selectors import Card

SHOWN = 5
WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The strip on top. Sums are by currency: money of two kinds is never added up."""

    open_sums: dict[str, Decimal]
    open_count: int
    won_sums: dict[str, Decimal]
    won_count: int
    month: datetime
    new_this_week: int
    new_before: int
    unassigned: int

    @property
    def difference(self) -> int:
        """New deals of the last seven days against the seven before."""
        return self.new_this_week - self.new_before


@dataclass(frozen=True, kw_only=True)
class Line:
    """A deal in a list of the home page."""

    card: Card
    stage: str
    at: datetime


def is_new(*, member: Membership) -> bool:
    """Whether the workspace has nothing to show to `member` yet."""
    return not (deal_policies.visible_to(member).exists() or contact_policies.visible_to(member).exists())


def figures(*, member: Membership) -> Figures:
    """The strip's numbers, of the deals that `member` sees: two queries."""
    now = clock.now()
    month = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    deals = deal_policies.visible_to(member)
    won = Q(closed_at__gte=month, stage__kind=Stage.Kind.WON)
    rows = list(
        deals.filter(Q(closed_at=None) | won)
        .values("currency")
        .annotate(
            open_sum=Sum("amount", filter=Q(closed_at=None)),
            open_count=Count("pk", filter=Q(closed_at=None)),
            won_sum=Sum("amount", filter=won),
            won_count=Count("pk", filter=won),
            unassigned=Count("pk", filter=Q(closed_at=None, assignee=None)),
        )
        .order_by("-open_count")
    )
    weeks = deals.filter(created_at__gte=now - 2 * WEEK).aggregate(
        this=Count("pk", filter=Q(created_at__gte=now - WEEK)),
        before=Count("pk", filter=Q(created_at__lt=now - WEEK)),
    )
    return Figures(
        open_sums={row["currency"]: row["open_sum"] for row in rows if row["open_sum"]},
        open_count=sum(row["open_count"] for row in rows),
        won_sums={row["currency"]: row["won_sum"] for row in rows if row["won_sum"]},
        won_count=sum(row["won_count"] for row in rows),
        month=month,
        new_this_week=weeks["this"],
        new_before=weeks["before"],
        unassigned=sum(row["unassigned"] for row in rows),
    )


def new_deals(*, member: Membership) -> list[Line]:
    """The last arrivals."""
    return _lines(deal_policies.visible_to(member).order_by("-created_at", "-pk"), member, "created_at")


def my_deals(*, member: Membership) -> list[Line]:
    """The open deals of `member`; those that have not moved for longest stand first."""
    own = deal_policies.visible_to(member).open().filter(assignee_id=member.pk)
    return _lines(own.order_by("stage_entered_at", "pk"), member, "stage_entered_at")


def new_contacts(*, member: Membership) -> Sequence[Row]:
    """The newest people."""
    return contact_page(member=member, wanted=ContactFilter(), size=SHOWN).rows


def _lines(deals: DealQuerySet, member: Membership, moment: str) -> list[Line]:
    rows: list[dict[str, Any]] = list(
        deals.values(*FIELDS, "created_at", "stage__name", "stage__stale_after_days")[:SHOWN]
    )
    stale = {row["stage_id"]: row["stage__stale_after_days"] for row in rows}
    return [
        Line(card=card, stage=row["stage__name"], at=row[moment])
        for card, row in zip(dress(rows, member=member, stale=stale), rows, strict=True)
    ]
