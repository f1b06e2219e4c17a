"""Where deals come from, as ribbons that join (the confluence)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count

from afluente.deals import policies as deal_policies
from afluente.kernel import clock
from afluente.ui import channels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership

PERIODS = (7, 30, 90)
SHOWN = 8
HEIGHT = 240.0  # of the picture, whose width is 100
WIDEST = 0.98  # of the room of one row that the ribbons at the left may fill
BODY = 96.0  # thickness of the joined river
OPENABLE = ("form", "webhook", "api")  # doors that can be opened today


@dataclass(frozen=True, kw_only=True)
class Ribbon:
    """One source, how many deals it brought, and the path of its ribbon."""

    kind: str
    css: str
    label: StrOrPromise
    count: int
    path: str


@dataclass(frozen=True, kw_only=True)
class River:
    """All sources of a period, the most used first, and the doors not used yet."""

    days: int
    total: int
    ribbons: Sequence[Ribbon]
    unused: Sequence[str]


def channels_in_use(*, member: Membership, days: int) -> River:
    """New deals of the last `days` days by kind of source: one query."""
    since = clock.now() - timedelta(days=days)
    rows = (
        deal_policies.visible_to(member)
        .filter(created_at__gte=since)
        .values_list("source")
        .annotate(n=Count("pk"))
        .order_by("-n", "source")
    )
    counted = list(rows)
    shown = counted[:SHOWN]
    return River(
        days=days,
        total=sum(count for _, count in counted),
        ribbons=_ribbons(shown),
        unused=[kind for kind in OPENABLE if kind not in dict(counted)],
    )


def _ribbons(counted: Sequence[tuple[str, int]]) -> list[Ribbon]:
    """Left: each source in the middle of its row. Right: one on the other, as one body."""
    total = sum(count for _, count in counted) or 1
    room = HEIGHT / max(len(counted), 1)
    thickest = room * WIDEST
    scale = min(thickest / max((count for _, count in counted), default=1), BODY / total)
    place = (HEIGHT - total * BODY / total) / 2
    ribbons = []
    for number, (kind, count) in enumerate(counted):
        middle, left = room * (number + 0.5), max(count * scale, 1.5) / 2
        right = count * BODY / total
        sign = channels.channel(kind)
        ribbons.append(
            Ribbon(
                kind=kind,
                css=sign.css,
                label=sign.label,
                count=count,
                path=_path(middle - left, middle + left, place, place + right),
            )
        )
        place += right
    return ribbons


def _path(top: float, bottom: float, joined_top: float, joined_bottom: float) -> str:
    return (
        f"M0 {top:.1f}C55 {top:.1f} 45 {joined_top:.1f} 100 {joined_top:.1f}"
        f"V{joined_bottom + 0.4:.1f}C45 {joined_bottom:.1f} 55 {bottom:.1f} 0 {bottom:.1f}z"
    )
