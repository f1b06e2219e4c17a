"""Rules that fail one time after another are paused, and administrators are told once (S-FAIL)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.accounts.models import Membership, Role
from afluente.automation import statements
from afluente.automation.models import Definition
from afluente.timeline import services as timeline
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_FAILURES = 10  # one after another
BROKEN = "automation_broken"


def break_failing(failed: Mapping[tuple[int, str], int]) -> list[int]:
    """Pause the rules of stages in which one rule failed for good MOST_FAILURES times, one after another; which.

    `failed` are rules that failed now, by definition and rule, and the last deal. What was skipped, because
    somebody has no address for instance, and what was cancelled counts neither way.
    """
    broken = statements.failing(failed, most=MOST_FAILURES) if failed else []
    fresh: dict[int, int] = {}
    for definition, rule in broken:
        running = Definition.objects.filter(pk=definition, state=Definition.State.ACTIVE)
        because = f"{rule}: {MOST_FAILURES} failures one after another"
        if running.update(state=Definition.State.PAUSED, paused_because=because[:250]):
            fresh[definition] = failed[definition, rule]
    if fresh:
        _tell(fresh)
    return list(fresh)


def _tell(last: Mapping[int, int]) -> None:
    """Administrators are told, with the deal that failed last: its tab Automation says why."""
    stages = dict(Definition.objects.filter(pk__in=last).values_list("pk", "stage__name"))
    admins = Membership.objects.active().filter(role__in=[Role.OWNER, Role.ADMIN]).order_by("pk")
    members = list(admins.values_list("pk", flat=True))
    timeline.notify(
        timeline.gathered(
            timeline.Notice(
                member_id=member,
                kind=BROKEN,
                record_kind="deal",
                record_id=deal,
                actor=Actor("rule"),
                data={"stage": stages.get(definition, "")},
            )
            for definition, deal in sorted(last.items())
            for member in members
        )
    )
