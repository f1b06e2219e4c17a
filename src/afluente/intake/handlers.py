"""What the door does when something happens below it."""

from __future__ import annotations

from django.utils.translation import gettext, override

from afluente.accounts.events import WorkspaceCreated
from afluente.intake import services
from afluente.intake.models import Source
from afluente.kernel import bus


def make_api_door(fact: WorkspaceCreated) -> None:
    """Every workspace has one door for its API tokens."""
    with override(fact.language):
        services.create_source(kind=Source.Kind.API, name=gettext("API"))


def register() -> None:
    """Listen; called when the app is ready."""
    bus.subscribe(WorkspaceCreated, make_api_door)
