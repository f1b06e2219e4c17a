"""The worker's side of the door."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.intake import services, statements
from afluente.intake.services.applying import WARN
from afluente.intake.services.warning import warn_of_fallback
from afluente.kernel import crash
from afluente.kernel.jobs import job
from afluente.kernel.workspace import scope


@job(WARN, label=_("Warn that a deal rule lost its target"))
def warn(rule_id: int, **_later: Any) -> None:
    """Tell the administrators that a rule lost its target."""
    warn_of_fallback(rule_id=rule_id)


def drain() -> int:
    """Apply everything that is due, workspace by workspace in turn; how many events were taken.

    One batch per workspace and turn, so that a flood in one does not hold up the others.
    """
    total = 0
    while True:
        taken = 0
        for workspace_id in statements.due_workspaces():
            with scope(workspace_id):
                taken += services.apply_waiting()
            crash.point("intake.after_effect_commit")
        if not taken:
            return total
        total += taken
