"""Wiring of insights."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightsConfig(AppConfig):
    name = "afluente.insights"
    label = "insights"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  when every app is loaded
        from afluente.deals.services import declare_staying
        from afluente.insights import events, services
        from afluente.insights import jobs as jobs  # registers them
        from afluente.kernel import personal
        from afluente.timeline.events import Watch, register_watch
        from afluente.timeline.selectors import kinds
        from afluente.ui import navigation

        navigation.register_nav(
            navigation.NavEntry(
                label=_("Home"), url_name="insights:home", icon="house", order=10, tab=True, key="h"
            )
        )
        register_watch(
            Watch(
                name="insights.journeys",
                kinds=events.FOLLOWED,
                concerns=events.is_followed,
                tell=services.follow,
            )
        )
        for name, label, icon in (
            (events.ANSWERED, _("Answered"), "message-circle"),
            (events.UNANSWERED, _("Not answered after all"), "rotate-ccw"),
        ):
            kinds.register_kind(kinds.Kind(name=name, label=label, icon=icon, group="deal"))
        declare_staying(
            {("insights_journey", "deal_id"): "How far it had come; figures leave out who is away."}
        )
        personal.declare_free({"insights_journey": "moments and numbers of deals and members"})
