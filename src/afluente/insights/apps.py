"""Wiring of insights."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightsConfig(AppConfig):
    name = "afluente.insights"
    label = "insights"

    def ready(self) -> None:
        from afluente.ui import navigation  # noqa: PLC0415  when every app is loaded

        navigation.register_nav(
            navigation.NavEntry(
                label=_("Home"), url_name="insights:home", icon="house", order=10, tab=True, key="h"
            )
        )
