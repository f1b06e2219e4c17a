"""Row `import_100k`: a file of people brought in with identity resolution, next to plain SQL inserts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.figures import Found, rounded

if TYPE_CHECKING:
    from bench.work import Bench


def measure(bench: Bench) -> Found:
    """Seconds until the worker has every row in and findable; the floor inserts the same people by three plain statements."""
    rows = bench.size(100_000, 10_000)
    site = bench.empty("importing")
    with site.running():
        found = site.inside("bring", workspace_id=site.set_up("Medida"), rows=rows)
    details = {"rows": rows, "check_seconds": rounded(found["check"])}
    return Found(found["run"], found["floor"], details)
