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
from afluente.deals.services.editing import change_deal
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


class Valuing(Plain):
    """What they are worth, each in its own currency; as text."""

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        rows = Deal.objects.present().filter(pk__in=ids).values_list("pk", "amount")
        return {pk: f"{amount.normalize():f}" for pk, amount in rows}

    def write(self, changes: Changes, by: Actor) -> None:
        for pk, (_, after) in sorted(changes.items()):
            change_deal(deal_id=pk, changes={"amount": Decimal(after)}, by=by)

    def words(self, value: Any) -> str:
        return formats.number(Decimal(value)) if value else ""
