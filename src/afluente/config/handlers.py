"""What the whole product does when something happens in a slice."""

from __future__ import annotations

from afluente.accounts.events import ExampleDataWanted
from afluente.config.jobs import FILL_EXAMPLE
from afluente.kernel import bus, jobs


def queue_example(fact: ExampleDataWanted) -> None:
    """Filling takes a second or two: a job, queued with the workspace itself."""
    jobs.enqueue(
        FILL_EXAMPLE, {"owner_id": fact.owner_id}, workspace_id=fact.workspace_id, key=str(fact.workspace_id)
    )


def register() -> None:
    """Listen; called when the app is ready."""
    bus.subscribe(ExampleDataWanted, queue_example)
