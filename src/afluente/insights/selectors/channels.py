"""Where deals come from, as ribbons that join (the confluence)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count
from django.db.models.functions import TruncDay, TruncWeek
from django.utils import timezone

from afluente.deals import policies as deal_policies
from afluente.ui import channels

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership

PERIODS = (7, 30, 90)
SHOWN = 8
HEIGHT = 240.0  # of the picture, whose width is 100
WIDEST = 0.98  # of the room of one row that the ribbons at the left may fill
BODY = 96.0  # thickness of the joined river
WEEKLY = 60  # days; a longer period is drawn by the week
TALL = 60.0  # of the picture of the days
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
class Piece:
    """A part of a bar: a source, and where it stands in the picture."""

    css: str
    label: StrOrPromise
    count: int
    top: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A day, or the week that begins on it: how many came, from where; the greatest part at the bottom."""

    day: dt.date
    count: int
    left: float
    pieces: Sequence[Piece]


@dataclass(frozen=True, kw_only=True)
class River:
    """All sources of a period, the most used first, how many came when, and the doors not used yet."""

    days: int
    total: int
    before: int
    ribbons: Sequence[Ribbon]
    unused: Sequence[str]
    bars: Sequence[Bar]

    @property
    def openable(self) -> int:
        """How many doors there are."""
        return len(OPENABLE)

    @property
    def used(self) -> Sequence[str]:
        """The doors that something came through (SP-081)."""
        return [kind for kind in OPENABLE if kind not in self.unused]

    @property
    def is_weekly(self) -> bool:
        return self.days > WEEKLY

    @property
    def width(self) -> int:
        """Of the picture of the days: ten for each."""
        return 10 * len(self.bars)

    @property
    def most(self) -> int:
        return max((bar.count for bar in self.bars), default=0)

    @property
    def difference(self) -> int:
        """Against the period before."""
        return self.total - self.before


def channels_in_use(*, member: Membership, days: int) -> River:
    """New deals of the last `days` days by kind of source and by day: two queries."""
    today = timezone.localdate()
    first = today - timedelta(days=days - 1)
    since = timezone.make_aware(datetime.combine(first, time.min))
    deals = deal_policies.visible_to(member)
    trunc = TruncWeek if days > WEEKLY else TruncDay
    rows = list(
        deals.filter(created_at__gte=since)
        .annotate(moment=trunc("created_at"))
        .values_list("moment", "source")
        .annotate(n=Count("pk"))
        .order_by("moment")
    )
    by_kind: dict[str, int] = defaultdict(int)
    by_day: dict[dt.date, dict[str, int]] = defaultdict(dict)
    for moment, kind, count in rows:
        by_kind[kind] += count
        by_day[timezone.localtime(moment).date()][kind] = count
    counted = sorted(by_kind.items(), key=lambda one: (-one[1], one[0]))
    before = deals.filter(created_at__gte=since - timedelta(days=days), created_at__lt=since)
    return River(
        days=days,
        total=sum(by_kind.values()),
        before=before.count(),
        ribbons=_ribbons(counted[:SHOWN]),
        unused=[kind for kind in OPENABLE if kind not in by_kind],
        bars=_bars(by_day, [kind for kind, _ in counted], first, today),
    )


def _bars(
    by_day: Mapping[dt.date, Mapping[str, int]], kinds: Sequence[str], first: dt.date, last: dt.date
) -> list[Bar]:
    """A bar for each day, or each week, also where nothing came."""
    step = 7 if (last - first).days >= WEEKLY else 1
    start = first - timedelta(days=first.weekday()) if step == 7 else first
    most = max((sum(one.values()) for one in by_day.values()), default=1)
    bars = []
    for number in range((last - start).days // step + 1):
        day = start + timedelta(days=number * step)
        found, floor, pieces = by_day.get(day, {}), TALL, []
        for kind in kinds:
            if count := found.get(kind, 0):
                height = round(count * TALL / most, 2)
                floor = round(floor - height, 2)
                sign = channels.channel(kind)
                pieces.append(Piece(css=sign.css, label=sign.label, count=count, top=floor, height=height))
        bars.append(Bar(day=day, count=sum(found.values()), left=number * 10.0, pieces=pieces))
    return bars


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
