"""Wiring of the log."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TimelineConfig(AppConfig):
    name = "afluente.timeline"
    label = "timeline"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  models are ready only now
        from afluente.timeline import jobs  # noqa: F401  registers the jobs
        from afluente.timeline.selectors import notifications
        from afluente.ui import navigation

        navigation.register_nav(
            navigation.NavEntry(
                label=_("Notifications"),
                url_name="timeline:notifications",
                icon="bell",
                order=15,
                key="n",
                badge=notifications.unread_count,
                hot=True,
                counted_at="timeline:count",
                counted_on="notification.*",
            )
        )
        navigation.register_settings_page(
            navigation.SettingsPage(
                group=_("You"), label=_("Notifications"), url_name="timeline:channels", icon="bell", order=92
            )
        )
