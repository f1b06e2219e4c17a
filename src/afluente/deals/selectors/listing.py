"""Deals as a list that is read page by page, for programs."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from afluente.kernel.keyset import BadCursorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.deals.models import DealQuerySet


def deal_rows(
    *,
    deals: DealQuerySet,
    fields: Sequence[str],
    filters: Mapping[str, Any],
    limit: int,
    cursor: str = "",
    since: datetime | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """Rows of `fields`, and the cursor of the next ones (None at the end).

    `since` leaves out what was changed before it, and puts what was changed first in front; otherwise
    the newest come first. Filters of None ask nothing. Raises BadCursorError.
    """
    given = {name: value for name, value in filters.items() if value is not None}
    found = deals.filter(**given)
    by = "created_at" if since is None else "updated_at"
    if since is not None:
        found = found.filter(updated_at__gte=since)
    if cursor:
        found = found.filter(_beyond(by, *_read(cursor, by)))
    order = ("-created_at", "-id") if since is None else ("updated_at", "id")
    rows = list(found.order_by(*order).values(*fields)[: limit + 1])
    page = rows[:limit]
    more = len(rows) > limit
    return page, _write(by, page[-1][by], page[-1]["id"]) if more else None


def _beyond(by: str, moment: datetime, number: int) -> Q:
    """What comes after a row: the first condition is the one an index reads from."""
    if by == "created_at":
        return Q(created_at__lte=moment) & ~Q(created_at=moment, pk__gte=number)
    return Q(updated_at__gte=moment) & ~Q(updated_at=moment, pk__lte=number)


def _write(by: str, moment: datetime, number: int) -> str:
    return base64.urlsafe_b64encode(f"{by[0]}|{moment.isoformat()}|{number}".encode()).decode().rstrip("=")


def _read(cursor: str, by: str) -> tuple[datetime, int]:
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        kind, moment, number = plain.split("|")
        found = datetime.fromisoformat(moment), int(number)
    except (binascii.Error, ValueError) as error:
        raise BadCursorError(cursor) from error
    if kind != by[0] or found[0].tzinfo is None or not 0 < found[1] < 2**63:
        raise BadCursorError(cursor)
    return found
