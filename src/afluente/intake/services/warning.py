"""Telling administrators what would otherwise happen in silence (invariant 10)."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from afluente.accounts.models import Membership, Role
from afluente.accounts.services import letters
from afluente.intake.models import DealRule
from afluente.kernel import limits

# Once a day for each rule: a campaign may bring thousands of leads meanwhile.
ONCE_A_DAY = limits.Limit("rule_fell_back", most=1, seconds=86_400)


def warn_of_fallback(*, rule_id: int) -> int:
    """Write to the workspace's administrators that a rule lost its target; how many letters.

    None when they were told today, or when the rule has a target again.
    """
    gone = Q(pipeline=None) | Q(stage=None) | Q(pipeline__archived_at__isnull=False)
    rule = DealRule.objects.filter(gone, pk=rule_id, had_target=True).first()
    if rule is None or not limits.take(ONCE_A_DAY, f"{rule.workspace_id}:{rule_id}").is_allowed:
        return 0
    admins = Membership.objects.active().select_related("user", "workspace")
    told = 0
    for member in admins.filter(role__in=[Role.OWNER, Role.ADMIN]):
        letters.send(
            "intake/letters/rule_fell_back",
            to=member.user.email,
            language=member.user.language,
            context={
                "rule": rule,
                "workspace": member.workspace,
                "url": settings.BASE_URL + reverse("intake:rule", args=[rule.pk]),
            },
        )
        told += 1
    return told
