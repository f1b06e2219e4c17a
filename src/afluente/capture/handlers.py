"""What forms and webhooks do when something happens below them."""

from __future__ import annotations

from afluente.capture import services
from afluente.intake.events import BodyRefused
from afluente.kernel import bus


def remember_refused(fact: BodyRefused) -> None:
    """Keep a refused body for the mapping editor."""
    services.remember_body(source_id=fact.source_id, body=fact.body, content_type=fact.content_type)


def register() -> None:
    """Listen; called when the app is ready."""
    bus.subscribe(BodyRefused, remember_refused)
