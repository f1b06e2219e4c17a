"""What deals do when something happens below them, and what they bring to pages of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, override

from afluente.deals import selectors, services
from afluente.timeline.events import SYSTEM
from afluente.ui.navigation import NavLink

if TYPE_CHECKING:
    from afluente.accounts.events import WorkspaceCreated
    from afluente.accounts.models import Membership


def make_first_pipeline(fact: WorkspaceCreated) -> None:
    """A new workspace can take leads at once: one pipeline with the five usual stages (SP-017)."""
    with override(fact.language):
        name = gettext("Sales")
    services.create_pipeline(name=name, currency=fact.currency, language=fact.language, by=SYSTEM)


def pipeline_links(member: Membership) -> list[NavLink]:
    """The pipelines in the navigation, with their open deals; the first one is in the phone's bar."""
    return [
        NavLink(
            label=one.name,
            url=reverse("deals:pipeline", args=[one.id]) if number else reverse("deals:board"),
            icon=one.icon,
            count=one.count,
            tab=number == 0,
            key="d" if number == 0 else "",
        )
        for number, one in enumerate(selectors.pipeline_summaries(member=member))
    ]
