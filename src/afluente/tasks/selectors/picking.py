"""Which tasks somebody picked in the list: some by number, or all that a filter finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict

from afluente.contacts.selectors.selection import Picked
from afluente.tasks import policies
from afluente.tasks.models import Task
from afluente.tasks.selectors.filtering import TaskFilter
from afluente.tasks.selectors.orders import DONE
from afluente.tasks.selectors.table import EVERYTHING

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.tasks.models import TaskQuerySet


@dataclass(frozen=True, kw_only=True)
class TaskSelection(Picked):
    """Tasks picked in the list. The `query` is its filter and `state`: open ones, unless it says otherwise."""

    def listed(self, member: Membership) -> TaskQuerySet:
        return policies.visible_to(member)

    def found(self, member: Membership) -> TaskQuerySet:
        """All that the filter finds, in no order."""
        said = QueryDict((self.query or "").lstrip("?"))
        found = TaskFilter.read(said).apply(policies.visible_to(member), member=member)
        state = said.get("state", "")
        return found if state == EVERYTHING else found.filter(done_at__isnull=state != DONE)

    def found_below(self, *, member: Membership, limit: int, before_id: int | None) -> list[int]:
        found = self.found(member)
        below = found.filter(pk__lt=before_id) if before_id else found
        return list(below.order_by("-pk").values_list("pk", flat=True)[:limit])

    def newest(self) -> int:
        return Task.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
