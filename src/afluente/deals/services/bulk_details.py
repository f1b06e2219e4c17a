"""Of many deals at once: the company they are made with, and what they are worth."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from afluente.contacts.models import Company
from afluente.deals.models import Deal
from afluente.deals.services.bulk_plain import Plain
from afluente.deals.services.companies import set_company
from afluente.deals.services.setting import change_each
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.contacts.services.bulk_shapes import Changes
    from afluente.timeline.events import Actor


class Joining(Plain):
    """The company, by number; None for none."""

    @cached_property
    def companies(self) -> dict[int, Company]:
        return {}

    def _company(self, number: int | None) -> Company | None:
        if number is not None and number not in self.companies:
            self.companies[number] = Company.objects.present().get(pk=number)
        return self.companies.get(number or 0)

    def require(self) -> None:
        try:
            self._company(self.change.value)
        except Company.DoesNotExist as gone:
            raise LookupError(self.change.value) from gone

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        return dict(Deal.objects.present().filter(pk__in=ids).values_list("pk", "company_id"))

    def write(self, changes: Changes, by: Actor) -> None:
        groups: dict[int | None, list[int]] = defaultdict(list)
        for pk, (_, after) in changes.items():
            groups[after].append(pk)
        for number, ids in groups.items():
            company = Company.objects.present().filter(pk=number or 0).first()
            set_company(deal_ids=ids, company=company, by=by)

    def words(self, value: Any) -> str:
        return Company.objects.filter(pk=value or 0).values_list("name", flat=True).first() or ""


class Writing(Plain):
    """What a column of theirs says, as text; its name is the kind of the change."""

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        return dict(Deal.objects.present().filter(pk__in=ids).values_list("pk", self.change.kind))

    def write(self, changes: Changes, by: Actor) -> None:
        change_each(
            changes={pk: {self.change.kind: self.read(after)} for pk, (_, after) in changes.items()}, by=by
        )

    def read(self, value: Any) -> Any:
        """A plain value as the column keeps it."""
        return value

    def words(self, value: Any) -> str:
        return str(value or "")


class Valuing(Writing):
    """What they are worth, each in its own currency."""

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        return {pk: f"{amount.normalize():f}" for pk, amount in super().present(ids).items()}

    def read(self, value: Any) -> Any:
        return Decimal(value)

    def words(self, value: Any) -> str:
        return formats.number(Decimal(value)) if value else ""
