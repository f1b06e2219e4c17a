"""Taking a deal rule away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.intake.models import DealRuleMember, Source

if TYPE_CHECKING:
    from afluente.intake.models import DealRule


@transaction.atomic
def delete_rule(*, rule: DealRule) -> None:
    """Delete a rule. Doors that used it have none from now on: the first pipeline, the first stage."""
    Source.objects.filter(rule=rule).update(rule=None)
    DealRuleMember.objects.filter(rule=rule).delete()
    rule.delete()
