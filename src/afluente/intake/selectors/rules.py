"""Deal rules as their list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from afluente.intake import policies
from afluente.intake.models import DealRule, Source

if TYPE_CHECKING:
    from afluente.accounts.models import Membership


@dataclass(frozen=True)
class RuleRow:
    """A rule and the number of sources that use it."""

    rule: DealRule
    used_by: int


def rules_with_use(*, member: Membership) -> list[RuleRow]:
    """Every rule that `member` may change, in two queries."""
    # Not an annotation: with a primary key of two columns, PostgreSQL wants every column grouped.
    used = dict(Source.objects.present().exclude(rule=None).values_list("rule_id").annotate(n=Count("pk")))
    rules = policies.rules_of(member).order_by("name", "pk")
    return [RuleRow(rule, used.get(rule.pk, 0)) for rule in rules]
