"""What is the same for every change of many deals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from afluente.contacts.services.bulk_shapes import KEEP, Change
from afluente.deals import policies

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet


@dataclass
class Plain:
    """What is the same for every kind: who may, and taking back only what is still as the change left it."""

    change: Change

    def allowed(self, member: Membership) -> DealQuerySet:
        return policies.movable_by(member)

    def after(self, _before: Any) -> Any:
        return self.change.value

    def back(self, now: Any, before: Any, after: Any) -> Any:
        return before if now == after else KEEP

    def require(self) -> None:
        """Raises LookupError when what it needs is gone."""
