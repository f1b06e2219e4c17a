"""Which deals somebody picked in a list: some by number, or all open ones of a pipeline that a filter finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict

from afluente.contacts.selectors.selection import Picked
from afluente.deals import policies
from afluente.deals.models import Deal
from afluente.deals.selectors.filtering import BoardFilter

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet


@dataclass(frozen=True, kw_only=True)
class DealSelection(Picked):
    """Deals picked in a list. The `query` of one is its filter and `pipeline`; without one it is of all of them.

    `state` of a query is `open` (as of every list), `won`, `lost`, or `all`.
    """

    @property
    def asked(self) -> BoardFilter:
        """The filter of the list."""
        return BoardFilter.read(self._said)

    @property
    def pipeline_id(self) -> int | None:
        """The pipeline that the list stands over."""
        number = self._said.get("pipeline", "")
        return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None

    @property
    def _said(self) -> QueryDict:
        return QueryDict((self.query or "").lstrip("?"))

    def listed(self, member: Membership) -> DealQuerySet:
        return policies.visible_to(member)

    def found(self, member: Membership) -> DealQuerySet:
        """All that the filter finds, in no order."""
        found = self.asked.apply(policies.visible_to(member), member=member)
        state = self._said.get("state", "open")
        if state in {"won", "lost"}:
            found = found.filter(stage__kind=state)
        elif state != "all":
            found = found.filter(closed_at=None)
        return found if self.pipeline_id is None else found.filter(pipeline_id=self.pipeline_id)

    def found_below(self, *, member: Membership, limit: int, before_id: int | None) -> list[int]:
        found = self.found(member)
        below = found.filter(pk__lt=before_id) if before_id else found
        return list(below.order_by("-pk").values_list("pk", flat=True)[:limit])

    def newest(self) -> int:
        return Deal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
