"""The worker's side: walking what is due, of every workspace and shard."""

from __future__ import annotations

from afluente.automation import services, statements
from afluente.kernel.workspace import scope


def drain() -> int:
    """Look at everything that was heard, and walk everything that is due; how much that was."""
    total = 0
    while taken := _turn():
        total += taken
    return total


def _turn() -> int:
    """One batch of what was heard, then of each shard that has something due, so that nobody's flood holds up the others."""
    taken = 0
    for workspace_id in statements.heard_workspaces():
        with scope(workspace_id):
            taken += services.route()
    for workspace_id, shard in statements.due_shards():
        with scope(workspace_id):
            taken += services.run_due(shard=shard)
    return taken
