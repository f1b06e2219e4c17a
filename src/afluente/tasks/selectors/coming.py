"""What comes next in deals, as far as tasks know it: the nearest open task, call or meeting of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, F, Q, When

from afluente.deals.selectors import Next
from afluente.tasks import policies
from afluente.tasks.models import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership

ICONS: dict[str, str] = {Task.Kind.CALL: "phone", Task.Kind.MEETING: "calendar"}
_IS_CALENDAR = Q(kind__in=list(ICONS), start_at__isnull=False)


def next_of_deals(*, member: Membership, deal_ids: Sequence[int]) -> dict[int, Next]:
    """By deal, the open task that `member` sees and that is due first, else one without a date: one query.

    A call or a meeting is due when it begins.
    """
    links = policies.visible_to(member).filter(done_at=None, deal_links__deal_id__in=deal_ids)
    moment = Case(When(_IS_CALENDAR, then=F("start_at")), default=F("due_at"))
    rows = (
        links.annotate(moment=moment)
        .order_by("deal_links__deal_id", F("moment").asc(nulls_last=True), "pk")
        .distinct("deal_links__deal_id")
        .values_list("deal_links__deal_id", "pk", "title", "kind", "moment")
    )
    return {
        deal: Next(id=pk, title=title, at=at, icon=ICONS.get(kind, "list-checks"))
        for deal, pk, title, kind, at in rows
    }
