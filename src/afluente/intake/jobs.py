"""The worker's side of the door."""

from __future__ import annotations

from afluente.intake import services, statements
from afluente.kernel import crash
from afluente.kernel.workspace import scope


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
