"""Row `reminders_50000`: as many reminders due at once, until each is queued for its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import pipeline
from bench.figures import Found, rounded

if TYPE_CHECKING:
    from bench.work import Bench


def measure(bench: Bench) -> Found:
    """From the first that is taken to the last that is a notification with its letter planned."""
    size = bench.size(50_000, 5_000)
    with pipeline.open_site(bench, "remind", deals=size) as board:
        with board.site.connect() as admin:
            (member,) = admin.execute(
                "SELECT min(id) FROM accounts_membership WHERE workspace_id = %s", [board.workspace_id]
            ).fetchone() or (0,)
        ours = board.site.inside("remind", workspace_id=board.workspace_id, member=member)
    misses = () if ours["count"] == size else (f"{ours['count']} of {size} were told",)
    details = {"reminders": size, "set_s": rounded(ours["set"]), "batches": ours["batches"]}
    return Found(ours["told"], None, details, misses)
