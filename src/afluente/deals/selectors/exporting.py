"""Deals as rows of a file, by the columns of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.deals.models import Deal, Stage
from afluente.deals.selectors.batch import MORE
from afluente.deals.selectors.cards import FIELDS
from afluente.deals.selectors.columns import deal_batch, deal_columns
from afluente.deals.selectors.lists import list_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership


def export_rows(*, ids: Sequence[int], keys: Sequence[str], member: Membership) -> list[list[Any]]:
    """What these columns hold of these deals, the newest first: as many queries for one as for a thousand."""
    known = deal_columns()
    columns = [known[key] for key in keys if key in known]
    rows = list(Deal.objects.present().filter(pk__in=ids).order_by("-pk").values(*FIELDS, *MORE))
    stages = Stage.objects.filter(pk__in={row["stage_id"] for row in rows}).select_related("pipeline")
    shown = list_rows(rows, member=member, stages=stages)
    batch = deal_batch(shown, columns=columns, member=member)
    return [[column.plain(batch, row) for column in columns] for row in shown]
